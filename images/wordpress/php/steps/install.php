<?php
/**
 * Step 1: WordPress's tables, and its first user with a password that nobody knows.
 */
declare( strict_types=1 );

define( 'WP_INSTALLING', true );
require '/var/www/html/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

add_filter( 'pre_wp_mail', '__return_true' );
wp_install( 'Shop', 'owner', 'owner@store.invalid', true, '', bin2hex( random_bytes( 32 ) ) );
// Pages have speaking addresses, and the REST API is at /wp-json/.
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'blogdescription', '' );
foreach ( get_posts( array( 'post_type' => array( 'post', 'page' ), 'post_status' => 'any', 'numberposts' => -1, 'fields' => 'ids' ) ) as $storewright_post ) {
	wp_delete_post( $storewright_post, true );
}
