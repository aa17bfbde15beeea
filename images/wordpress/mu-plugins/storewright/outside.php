<?php
/**
 * A shop's pods cannot reach the internet unless its plan lets them, and the platform installs and upgrades. So nothing asks the
 * makers' servers, and nothing advises the owner to change what is so by design.
 */
declare( strict_types=1 );

namespace Storewright;

defined( 'ABSPATH' ) || exit;

const MAKERS = array( 'wordpress.org', 'wordpress.com', 'wp.com', 'w.org', 'woocommerce.com', 'woo.com', 'gravatar.com', 'pingomatic.com' );

/** Neither a maker's server nor, as its own address leads through the ingress, the shop itself. */
function is_never_asked( string $host ): bool {
	if ( 'localhost' === $host || in_array( $host, store()['hostnames'], true ) ) {
		return true;
	}
	return (bool) array_filter( MAKERS, fn( $maker ) => $maker === $host || str_ends_with( $host, ".$maker" ) );
}

add_filter(
	'pre_http_request',
	function ( $answer, $request, $url ) {
		$host = strtolower( (string) parse_url( $url, PHP_URL_HOST ) );
		return is_never_asked( $host ) ? new \WP_Error( 'http_request_not_executed', "a shop of this platform does not ask $host" ) : $answer;
	},
	10,
	3
);
// The chart's CronJob does what is due.
add_filter( 'action_scheduler_allow_async_request_runner', '__return_false' );

// No looking for updates: neither regularly nor when an admin page is opened.
remove_action( 'init', 'wp_schedule_update_checks' );
foreach ( array( 'wp_version_check', 'wp_update_plugins', 'wp_update_themes' ) as $check ) {
	remove_action( $check, $check );
}
remove_action( 'admin_init', '_maybe_update_core' );
remove_action( 'admin_init', '_maybe_update_plugins' );
remove_action( 'admin_init', '_maybe_update_themes' );
foreach ( array( 'core', 'plugins', 'themes' ) as $part ) {
	add_filter( "pre_site_transient_update_$part", fn() => (object) array( 'last_checked' => time(), 'updates' => array(), 'response' => array(), 'checked' => array() ) );
}
add_filter( 'should_load_remote_block_patterns', '__return_false' );

// What a browser would fetch elsewhere: emoji pictures and avatars.
remove_action( 'wp_head', 'print_emoji_detection_script', 7 );
remove_action( 'admin_print_scripts', 'print_emoji_detection_script' );
add_filter( 'emoji_svg_url', '__return_false' );
add_filter( 'pre_option_show_avatars', fn() => '0' );

// WooCommerce's tracking, market place and connection to its maker.
add_filter( 'pre_option_woocommerce_allow_tracking', fn() => 'no' );
add_filter( 'woocommerce_allow_marketplace_suggestions', '__return_false' );
add_filter( 'woocommerce_show_addons_page', '__return_false' );
add_filter( 'woocommerce_helper_suppress_admin_notices', '__return_true' );
add_filter( 'woocommerce_background_image_regeneration', '__return_false' );

add_action( 'wp_dashboard_setup', fn() => remove_meta_box( 'dashboard_primary', 'dashboard', 'side' ) );
// It greets with WordPress' version and leads to wordpress.org; WooCommerce's own first steps are what an owner needs.
add_action( 'admin_init', fn() => remove_action( 'welcome_panel', 'wp_welcome_panel' ) );

const NOT_FOR_THE_OWNER = array(
	'direct' => array( 'update_temp_backup_writable', 'available_updates_disk_space', 'plugin_theme_auto_updates', 'plugin_version', 'theme_version', 'wordpress_version', 'scheduled_events', 'persistent_object_cache', 'https_status' ),
	'async'  => array( 'background_updates', 'dotorg_communication', 'loopback_requests', 'page_cache', 'authorization_header', 'https_status' ),
);
add_filter(
	'site_status_tests',
	function ( $tests ) {
		foreach ( NOT_FOR_THE_OWNER as $kind => $names ) {
			$tests[ $kind ] = array_diff_key( $tests[ $kind ], array_flip( $names ) );
		}
		return $tests;
	}
);
