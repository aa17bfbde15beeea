<?php
/**
 * The settings that the set-up gives a store, checked before anything is written.
 */
declare( strict_types=1 );

namespace Storewright;

final class Settings {
	private const FIELDS = array(
		'displayName' => '/^.{1,200}$/su',
		'adminEmail'  => '/^[^@\s]+@[^@\s]+$/',
		'country'     => '/^[A-Z]{2}$/',
		'currency'    => '/^[A-Z]{3}$/',
		'language'    => '/^[A-Za-z][A-Za-z0-9-]{0,34}$/',
		'timezone'    => '/^[A-Za-z_+\-0-9]+(\/[A-Za-z_+\-0-9]+)*$/',
		'url'         => '/^https?:\/\/[^\s\/]+$/',
	);

	/** @param array<string, string> $store */
	private function __construct(
		public readonly array $store,
		public readonly string $password,
		public readonly string $consumer_key,
		public readonly string $consumer_secret,
	) {}

	public static function read(): self {
		$store = store();
		foreach ( self::FIELDS as $name => $form ) {
			$value = $store[ $name ] ?? null;
			if ( is_string( $value ) && in_array( $name, array( 'country', 'currency' ), true ) ) {
				$value = strtoupper( $value );
			}
			if ( ! is_string( $value ) || ! preg_match( $form, $value ) ) {
				throw new WrongSetting( "the store's $name is missing or malformed in /etc/store/store.json" );
			}
			$store[ $name ] = $value;
		}
		if ( ! is_array( $store['hostnames'] ?? null ) || ! $store['hostnames'] ) {
			throw new WrongSetting( "the store's hostnames are missing in /etc/store/store.json" );
		}
		if ( ! in_array( $store['timezone'], timezone_identifiers_list( \DateTimeZone::ALL_WITH_BC ), true ) ) {
			throw new WrongSetting( "the store's timezone, {$store['timezone']}, is none" );
		}
		return new self( $store, secret( 'password' ), secret( 'rest-consumer-key' ), secret( 'rest-consumer-secret' ) );
	}
}
