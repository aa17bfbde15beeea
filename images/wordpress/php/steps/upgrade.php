<?php
/**
 * Brings the database of an older version to this one. WooCommerce does so itself when it is loaded.
 */
declare( strict_types=1 );

require '/var/www/html/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_upgrade();
WC_Install::check_version();
flush_rewrite_rules( false );
