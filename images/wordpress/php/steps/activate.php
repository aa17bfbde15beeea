<?php
/**
 * Step 2: the theme and WooCommerce.
 */
declare( strict_types=1 );

require '/var/www/html/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
wp_set_current_user( 1 );
switch_theme( 'twentytwentyfive' );
$storewright_result = activate_plugin( 'woocommerce/woocommerce.php' );
if ( is_wp_error( $storewright_result ) ) {
	fwrite( STDERR, 'activating WooCommerce: ' . $storewright_result->get_error_message() . "\n" );
	exit( 1 );
}
