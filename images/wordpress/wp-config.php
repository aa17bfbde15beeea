<?php
/**
 * The shop's configuration, one folder above what is served. Who the shop is comes from the platform's files at each
 * request, so that it can change while this runs.
 */
require_once '/usr/share/storewright/wordpress/php/platform.php';

define( 'DB_HOST', getenv( 'DATABASE_HOST' ) );
define( 'DB_NAME', getenv( 'DATABASE_NAME' ) );
define( 'DB_USER', getenv( 'DATABASE_USER' ) );
define( 'DB_PASSWORD', Storewright\secret( 'database-password' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
$table_prefix = 'wp_';

foreach ( array( 'auth-key', 'secure-auth-key', 'logged-in-key', 'nonce-key', 'auth-salt', 'secure-auth-salt', 'logged-in-salt', 'nonce-salt' ) as $storewright_key ) {
	define( strtoupper( strtr( $storewright_key, '-', '_' ) ), Storewright\secret( $storewright_key ) );
}
unset( $storewright_key );

define( 'WP_HOME', Storewright\take_address() );
define( 'WP_SITEURL', WP_HOME );

// The files are the image's, and the platform upgrades them.
define( 'DISALLOW_FILE_MODS', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_AUTO_UPDATE_CORE', false );
define( 'FS_METHOD', 'direct' );
// Where a store's pods have no way out, nothing may wait for an answer from there.
define( 'WP_HTTP_BLOCK_EXTERNAL', ! Storewright\plan()['internetEgress'] );
// The chart's CronJob asks for what is due.
define( 'DISABLE_WP_CRON', true );

define( 'WP_MEMORY_LIMIT', '256M' );
define( 'WP_POST_REVISIONS', 10 );
define( 'WP_DEBUG', false );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_ENVIRONMENT_TYPE', 'production' );

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/html/' );
}
require_once ABSPATH . 'wp-settings.php';
