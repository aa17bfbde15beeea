<?php
/**
 * Makes an installed shop this store's own. It loads WordPress without plugins and theme, as that takes a fraction of the
 * time: WooCommerce's settings are options, its keys and prices rows.
 */
declare( strict_types=1 );

namespace Storewright;

require __DIR__ . '/prices.php';

/** The shop's first user: the installation makes it, without a password that works. */
const OWNER_ID     = 1;
const KEY_NAME     = 'Storewright';
const PLUGIN       = '/var/www/html/wp-content/plugins/woocommerce';

define( 'WP_INSTALLING', true );
define( 'WP_USE_THEMES', false );
require '/var/www/html/wp-load.php';

/** @return string[] what the owner is to be told */
function personalise( Settings $settings ): array {
	global $wpdb;
	add_filter( 'pre_wp_mail', '__return_true' );
	$wpdb->query( 'START TRANSACTION' );
	$told = apply_changes( $settings->store );
	claim( $settings );
	ensure_key( $settings );
	if ( false === $wpdb->query( 'COMMIT' ) ) {
		throw new \RuntimeException( "the store's settings could not be written: $wpdb->last_error" );
	}
	return $told;
}

/**
 * The fields of a store's identity, and what setting one means: given the store, and what the platform set last, null at first.
 * A list that is returned says why that could not be, for the owner.
 */
function fields(): array {
	return array(
		'displayName' => fn( $store ) => update_option( 'blogname', $store['displayName'] ),
		'adminEmail'  => set_email( ... ),
		'url'         => function ( $store ) {
			update_option( 'siteurl', $store['url'] );
			update_option( 'home', $store['url'] );
		},
		'language'    => fn( $store ) => update_option( 'WPLANG', locale( $store ) ),
		'timezone'    => function ( $store ) {
			update_option( 'timezone_string', $store['timezone'] );
			update_option( 'gmt_offset', '' );
		},
		'country'     => set_country( ... ),
		'currency'    => set_currency( ... ),
	);
}

/**
 * Sets what the platform changed since it last set it, so that the owner's own changes stay. What it set last is kept
 * in an option: written, or not, with the settings themselves.
 *
 * @return string[]
 */
function apply_changes( array $store ): array {
	$applied = get_option( 'storewright_applied', array() );
	$told    = array();
	foreach ( fields() as $name => $set ) {
		if ( ( $applied[ $name ] ?? null ) !== $store[ $name ] ) {
			$said = $set( $store, $applied[ $name ] ?? null );
			if ( is_array( $said ) && $said ) {
				// Not noted: the next set-up tries it again.
				array_push( $told, ...$said );
			} else {
				$applied[ $name ] = $store[ $name ];
			}
		}
	}
	update_option( 'storewright_applied', $applied, false );
	return $told;
}

/**
 * The shop's own address, and the one that the account which came with the store logs in by.
 *
 * @return string[]
 */
function set_email( array $store ): array {
	global $wpdb;
	$address = $store['adminEmail'];
	update_option( 'admin_email', $address );
	update_option( 'woocommerce_email_from_address', $address );
	update_option( 'woocommerce_stock_email_recipient', $address );
	if ( ! get_userdata( OWNER_ID ) ) {
		return array( "the admin's login was not changed: the account that came with the store was removed" );
	}
	if ( ! in_array( email_exists( $address ), array( false, OWNER_ID ), true ) ) {
		return array( "the admin's login was not changed: another account already has $address" );
	}
	$wpdb->update( $wpdb->users, array( 'user_email' => $address ), array( 'ID' => OWNER_ID ) );
	clean_user_cache( OWNER_ID );
	return array();
}

/** Debian has WordPress's texts in many languages: the best match, or English. */
function locale( array $store ): string {
	$parts    = explode( '-', $store['language'] );
	$language = strtolower( $parts[0] );
	// After a script, as in sr-Latn-RS, or none at all.
	$regions = preg_grep( '/^[A-Za-z]{2}$/', array_slice( $parts, 1 ) );
	$region  = strtoupper( $regions ? end( $regions ) : $store['country'] );
	foreach ( array( "{$language}_$region", $language, $language . '_' . strtoupper( $language ) ) as $locale ) {
		if ( file_exists( WP_LANG_DIR . "/$locale.mo" ) ) {
			return $locale;
		}
	}
	$others = 'en' === $language ? array() : glob( WP_LANG_DIR . "/{$language}_??.mo" );
	return $others ? basename( $others[0], '.mo' ) : '';
}

/** Where the shop is, and where it ships to, unless the owner has it ship elsewhere by now. */
function set_country( array $store, ?string $before ): void {
	global $wpdb;
	update_option( 'woocommerce_default_country', $store['country'] );
	$table = "{$wpdb->prefix}woocommerce_shipping_zone_locations";
	if ( null === $before || array( $before ) === $wpdb->get_col( "SELECT location_code FROM $table WHERE zone_id = 1" ) ) {
		$wpdb->update( $table, array( 'location_code' => $store['country'] ), array( 'zone_id' => 1 ) );
		forget_shipping_rates();
	}
}

/** The currency, written as it is in the country; the sample prices follow it only in a new shop. */
function set_currency( array $store, ?string $before ): void {
	$formats  = include PLUGIN . '/i18n/locale-info.php';
	$decimals = array_column( $formats, 'num_decimals', 'currency_code' )[ $store['currency'] ] ?? 2;
	$format   = $formats[ $store['country'] ] ?? array( 'currency_pos' => 'left', 'thousand_sep' => ',', 'decimal_sep' => '.' );
	update_option( 'woocommerce_currency', $store['currency'] );
	update_option( 'woocommerce_currency_pos', $format['currency_pos'] );
	update_option( 'woocommerce_price_thousand_sep', $format['thousand_sep'] );
	update_option( 'woocommerce_price_decimal_sep', $format['decimal_sep'] );
	update_option( 'woocommerce_price_num_decimals', (string) $decimals );
	if ( null === $before ) {
		set_sample_prices( $store['currency'], $decimals );
	}
}

function set_sample_prices( string $currency, int $decimals ): void {
	global $wpdb;
	$catalogue = require __DIR__ . '/catalogue.php';
	foreach ( $catalogue['products'] as $sku => $product ) {
		$price = local_price( $product['price'], $currency, $decimals );
		$id    = (int) $wpdb->get_var( $wpdb->prepare( "SELECT product_id FROM {$wpdb->prefix}wc_product_meta_lookup WHERE sku = %s", $sku ) );
		if ( $id ) {
			$wpdb->query( $wpdb->prepare( "UPDATE $wpdb->postmeta SET meta_value = %s WHERE post_id = %d AND meta_key IN ('_price', '_regular_price')", $price, $id ) );
			$wpdb->update( "{$wpdb->prefix}wc_product_meta_lookup", array( 'min_price' => $price, 'max_price' => $price ), array( 'product_id' => $id ) );
		}
	}
	$rate         = get_option( 'woocommerce_flat_rate_1_settings', array() );
	$rate['cost'] = local_price( $catalogue['shipping'], $currency, $decimals );
	update_option( 'woocommerce_flat_rate_1_settings', $rate );
	forget_shipping_rates();
}

function forget_shipping_rates(): void {
	delete_transient( 'shipping-transient-version' );
}

/** Gives a new shop to its owner: a password, and what no two shops share. Once: the password is the owner's from then on. */
function claim( Settings $settings ): void {
	if ( get_option( 'storewright_claimed' ) ) {
		return;
	}
	wp_set_password( $settings->password, OWNER_ID );
	update_option( 'woocommerce_store_id', wp_generate_uuid4() );
	update_option( 'woocommerce_admin_install_timestamp', time() );
	update_option( 'storewright_claimed', gmdate( 'c' ), false );
}

/** The platform's key for the shop's REST API. */
function ensure_key( Settings $settings ): void {
	global $wpdb;
	$table = "{$wpdb->prefix}woocommerce_api_keys";
	// As wc_api_hash() does it.
	$hash  = hash_hmac( 'sha256', $settings->consumer_key, 'wc-api' );
	$found = $wpdb->get_row( $wpdb->prepare( "SELECT key_id, consumer_secret FROM $table WHERE consumer_key = %s", $hash ) );
	if ( $found && $found->consumer_secret === $settings->consumer_secret ) {
		return;
	}
	$wpdb->delete( $table, array( 'description' => KEY_NAME ) );
	$wpdb->insert(
		$table,
		array(
			'user_id'         => OWNER_ID,
			'description'     => KEY_NAME,
			'permissions'     => 'read_write',
			'consumer_key'    => $hash,
			'consumer_secret' => $settings->consumer_secret,
			'truncated_key'   => substr( $settings->consumer_key, -7 ),
		)
	);
}
