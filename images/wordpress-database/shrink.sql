-- The account of the baking is no one's: the entry point makes the store's.
DROP USER wordpress@'%';
FLUSH PRIVILEGES;
SET GLOBAL innodb_fast_shutdown = 0;
