<?php
/**
 * Step 3: WooCommerce's settings, payment, shipping, and the sample products.
 */
declare( strict_types=1 );

require '/var/www/html/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
wp_set_current_user( 1 );

const STOREWRIGHT_OPTIONS = array(
	'woocommerce_coming_soon'                      => 'no',
	'woocommerce_store_pages_only'                 => 'no',
	'woocommerce_calc_taxes'                       => 'no',
	'woocommerce_enable_guest_checkout'            => 'yes',
	'woocommerce_allowed_countries'                => 'all',
	'woocommerce_allow_tracking'                   => 'no',
	'woocommerce_show_marketplace_suggestions'     => 'no',
	'woocommerce_task_list_hidden'                 => 'yes',
	'woocommerce_task_list_complete'               => 'yes',
	'woocommerce_extended_task_list_hidden'        => 'yes',
	'woocommerce_default_homepage_layout'          => 'two_columns',
	'woocommerce_feature_remote_logging_enabled'   => 'no',
	'woocommerce_logs_default_handler'             => 'WC_Log_Handler_DB',
	'woocommerce_default_customer_address'         => 'base',
	'woocommerce_onboarding_profile'               => array( 'skipped' => true, 'completed' => true ),
	'woocommerce_cod_settings'                     => array( 'enabled' => 'yes', 'title' => 'Cash on delivery', 'description' => 'Pay with cash upon delivery.', 'instructions' => 'Pay with cash upon delivery.', 'enable_for_virtual' => 'yes', 'enable_for_methods' => array() ),
	'default_comment_status'                       => 'closed',
	'default_ping_status'                          => 'closed',
	'users_can_register'                           => '0',
);

/** Payment, shipping and pages. Hooks that WooCommerce runs when the admin is first opened come first: they turn on HPOS. */
function storewright_configure(): void {
	add_option( 'woocommerce_coming_soon', 'no' );
	WC_Install::newly_installed();
	foreach ( STOREWRIGHT_OPTIONS as $name => $value ) {
		update_option( $name, $value );
	}
	delete_transient( '_wc_activation_redirect' );
	update_option( 'show_on_front', 'page' );
	update_option( 'page_on_front', wc_get_page_id( 'shop' ) );

	$zone = new WC_Shipping_Zone();
	$zone->set_zone_name( 'Home' );
	$zone->add_location( 'US', 'country' );
	$zone->save();
	$rate = $zone->add_shipping_method( 'flat_rate' );
	update_option( "woocommerce_flat_rate_{$rate}_settings", array( 'title' => 'Flat rate', 'tax_status' => 'none', 'cost' => '5' ) );
}

/** The picture of a sample product: its files are the image's, so only their names are written. */
function storewright_picture( string $picture, string $title, array $catalogue ): int {
	$sizes = array();
	$full  = $catalogue['drawings']['full'];
	foreach ( array_diff_key( $catalogue['drawings'], array( 'full' => 0 ) ) as $name => $size ) {
		$sizes[ $name ] = array( 'file' => "$picture-{$size}x{$size}.png", 'width' => $size, 'height' => $size, 'mime-type' => 'image/png' );
	}
	$file = "{$catalogue['folder']}/$picture.png";
	$id   = wp_insert_attachment( array( 'post_title' => $title, 'post_mime_type' => 'image/png', 'post_status' => 'inherit' ), $file );
	wp_update_attachment_metadata( $id, array( 'width' => $full, 'height' => $full, 'file' => $file, 'sizes' => $sizes ) );
	update_post_meta( $id, '_wp_attachment_image_alt', $title );
	return $id;
}

function storewright_category( string $name ): int {
	$term = term_exists( $name, 'product_cat' ) ?: wp_insert_term( $name, 'product_cat' );
	return (int) $term['term_id'];
}

function storewright_products( array $catalogue ): void {
	foreach ( $catalogue['products'] as $sku => $sample ) {
		$product = new WC_Product_Simple();
		$product->set_name( $sample['name'] );
		$product->set_sku( $sku );
		$product->set_regular_price( (string) $sample['price'] );
		$product->set_short_description( $sample['text'] );
		$product->set_weight( (string) ( $sample['grams'] / 1000 ) );
		$product->set_featured( $sample['featured'] );
		$product->set_category_ids( array( storewright_category( $sample['category'] ) ) );
		$product->set_image_id( storewright_picture( $sample['picture'], $sample['name'], $catalogue ) );
		$product->set_manage_stock( true );
		$product->set_stock_quantity( 100 );
		$product->set_status( 'publish' );
		$product->save();
	}
}

storewright_configure();
storewright_products( require dirname( __DIR__ ) . '/catalogue.php' );
flush_rewrite_rules( false );
if ( 'yes' !== get_option( 'woocommerce_custom_orders_table_enabled' ) ) {
	fwrite( STDERR, "configuring WooCommerce: its tables for orders are not in use\n" );
	exit( 1 );
}
