<?php
/**
 * Who has an account here is nobody's business.
 */
declare( strict_types=1 );

namespace Storewright;

defined( 'ABSPATH' ) || exit;

add_filter( 'xmlrpc_enabled', '__return_false' );
add_filter( 'wp_headers', fn( $headers ) => array_diff_key( $headers, array( 'X-Pingback' => 0 ) ) );
remove_action( 'wp_head', 'rsd_link' );

add_filter(
	'login_errors',
	fn( $text ) => preg_match( '/<strong>|lost/i', (string) $text ) ? 'The name, the address or the password is wrong.' : $text
);

// Lists of users, and pages of authors, which tell their names.
add_filter(
	'rest_endpoints',
	fn( $routes ) => is_user_logged_in() ? $routes : array_filter( $routes, fn( $route ) => ! str_starts_with( $route, '/wp/v2/users' ), ARRAY_FILTER_USE_KEY )
);
add_filter( 'wp_sitemaps_add_provider', fn( $provider, $name ) => 'users' === $name ? false : $provider, 10, 2 );
add_action(
	'template_redirect',
	function () {
		if ( is_author() || isset( $_GET['author'] ) ) {
			remove_action( 'template_redirect', 'redirect_canonical' );
			global $wp_query;
			$wp_query->set_404();
			status_header( 404 );
		}
	},
	1
);
