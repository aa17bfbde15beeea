<?php
/**
 * The theme's footer is a sample: its links lead nowhere, and it names the theme. A shop's has its name and its own pages. An owner
 * who changes the footer in the editor has that one.
 */
declare( strict_types=1 );

namespace Storewright;

defined( 'ABSPATH' ) || exit;

const FOOTER = 'twentytwentyfive/footer';

/** Those of the shop's pages that a customer looks for at the bottom and that are published: title by address. */
function footer_pages(): array {
	$pages = array();
	foreach ( array( wc_get_page_id( 'shop' ), wc_get_page_id( 'myaccount' ), wc_get_page_id( 'terms' ), (int) get_option( 'wp_page_for_privacy_policy' ) ) as $page ) {
		if ( $page > 0 && 'publish' === get_post_status( $page ) ) {
			$pages[ get_permalink( $page ) ] = get_the_title( $page );
		}
	}
	return $pages;
}

function footer_content(): string {
	$links = '';
	foreach ( footer_pages() as $url => $label ) {
		$links .= get_comment_delimited_block_content( 'core/navigation-link', compact( 'label', 'url' ), '' );
	}
	$padding = 'padding-top:var(--wp--preset--spacing--60);padding-bottom:var(--wp--preset--spacing--50)';
	return '<!-- wp:group {"style":{"spacing":{"padding":{"top":"var:preset|spacing|60","bottom":"var:preset|spacing|50"}}},"layout":{"type":"constrained"}} -->'
		. "<div class=\"wp-block-group\" style=\"$padding\">"
		. '<!-- wp:group {"align":"wide","layout":{"type":"flex","flexWrap":"wrap","justifyContent":"space-between"}} --><div class="wp-block-group alignwide">'
		. '<!-- wp:site-title {"level":2} /-->'
		. "<!-- wp:navigation {\"overlayMenu\":\"never\",\"layout\":{\"type\":\"flex\"}} -->$links<!-- /wp:navigation -->"
		. '</div><!-- /wp:group --></div><!-- /wp:group -->';
}

// After the theme has registered its own.
add_action(
	'init',
	function () {
		$patterns = \WP_Block_Patterns_Registry::get_instance();
		if ( wp_doing_ajax() || wp_doing_cron() || ! $patterns->is_registered( FOOTER ) || ! function_exists( 'wc_get_page_id' ) ) {
			return;
		}
		$patterns->unregister( FOOTER );
		$patterns->register(
			FOOTER,
			array(
				'title'      => __( 'Footer' ),
				'categories' => array( 'footer' ),
				'blockTypes' => array( 'core/template-part/footer' ),
				'content'    => footer_content(),
			)
		);
	},
	20
);
