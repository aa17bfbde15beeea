<?php
/**
 * Takes out of the baked data what is one shop's own or of the moment: no credential in it works anywhere.
 */
declare( strict_types=1 );

require '/var/www/html/wp-load.php';

global $wpdb;
$wpdb->update( $wpdb->users, array( 'user_pass' => '*' ), array( 'ID' => 1 ) );
$wpdb->query( "DELETE FROM $wpdb->usermeta WHERE meta_key = 'session_tokens'" );
$wpdb->query( "DELETE FROM $wpdb->options WHERE option_name LIKE '\\_transient\\_%' OR option_name LIKE '\\_site\\_transient\\_%'" );
$wpdb->query( "DELETE FROM $wpdb->options WHERE option_name IN ('woocommerce_store_id', 'storewright_claimed', 'storewright_applied')" );
foreach ( array( 'woocommerce_api_keys', 'woocommerce_sessions', 'woocommerce_log', 'actionscheduler_logs' ) as $storewright_table ) {
	$wpdb->query( "TRUNCATE TABLE {$wpdb->prefix}$storewright_table" );
}
