<?php
/**
 * What the platform says: the store's settings, its mail, its secrets. Read from mounted files at each use.
 */
declare( strict_types=1 );

namespace Storewright;

const ROOT = '/usr/share/storewright/wordpress';

/** A page by which the shop shows that it reads its products: the first that a new shop is asked for. */
const FIRST_PAGE = '/wp-json/wc/store/v1/products?per_page=1&_fields=id';

/** A setting that is missing or wrong: no retry mends it. */
class WrongSetting extends \RuntimeException {}

/**
 * What a mounted file holds now. Kubernetes changes such files by turning a link to another folder and removing the old one, and
 * PHP remembers for an hour where a link led: that is forgotten when nothing is there any more.
 */
function contents( string $file ): string|false {
	$text = @file_get_contents( $file );
	if ( false === $text ) {
		clearstatcache( true );
		$text = @file_get_contents( $file );
	}
	return $text;
}

/** `$absent`, if there is one, stands for a file that is not there. */
function read_json( string $file, ?array $absent = null ): array {
	$text = contents( $file );
	if ( false === $text ) {
		return $absent ?? throw new WrongSetting( "$file is not there or cannot be read: the chart mounts it" );
	}
	$value = json_decode( $text, true );
	if ( ! is_array( $value ) ) {
		throw new WrongSetting( "$file is no JSON object" );
	}
	return $value;
}

/** @return array{url: string, hostnames: string[], displayName: string, adminEmail: string, country: string, currency: string, language: string, timezone: string} */
function store(): array {
	return read_json( '/etc/store/store.json' );
}

/** @return array{enabled: bool, host: string, port: int, security: string, username: string, from: string} */
function mail(): array {
	return read_json( '/etc/store/mail.json' ) + array( 'enabled' => false );
}

/** @return array{internetEgress: bool} what the store's plan allows; a chart from before this was told says nothing */
function plan(): array {
	return read_json( '/etc/store/plan.json', array() ) + array( 'internetEgress' => false );
}

function secret( string $key, string $folder = '/run/secrets/store' ): string {
	$value = contents( "$folder/$key" );
	if ( false === $value || '' === trim( $value ) ) {
		throw new WrongSetting( "the secret $key is missing or empty: $folder/$key must hold it" );
	}
	return trim( $value );
}

/** Names the code that this image holds. */
function build_id(): string {
	return trim( (string) file_get_contents( ROOT . '/build-id' ) );
}

function woocommerce_version(): string {
	return trim( (string) file_get_contents( ROOT . '/woocommerce-version' ) );
}

/** Names the programs that the database was made for: each brings it to its own state, by its own code. */
function programs(): string {
	include '/var/www/html/wp-includes/version.php';
	return 'woocommerce-' . woocommerce_version() . " wordpress-$wp_version";
}

/**
 * The address by which the shop is being visited: the one asked for if it is one of the shop's, else the first. Every other
 * host in the request is replaced, so that no link is ever made of it.
 */
function take_address(): string {
	$store     = store();
	$canonical = parse_url( $store['url'] );
	if ( ! isset( $canonical['scheme'], $canonical['host'] ) ) {
		throw new WrongSetting( 'url in /etc/store/store.json is no address' );
	}
	$host   = strtolower( $_SERVER['HTTP_HOST'] ?? '' );
	$scheme = strtolower( $_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '' );
	if ( ! preg_match( '/^([a-z0-9.-]+)(:\d{1,5})?$/', $host, $asked ) || ! in_array( $asked[1], $store['hostnames'], true ) ) {
		$host = $canonical['host'] . ( isset( $canonical['port'] ) ? ":{$canonical['port']}" : '' );
	}
	if ( 'http' !== $scheme && 'https' !== $scheme ) {
		$scheme = $canonical['scheme'];
	}
	$_SERVER['HTTP_HOST']   = $host;
	$_SERVER['SERVER_NAME'] = preg_replace( '/:\d+$/', '', $host );
	if ( 'https' === $scheme ) {
		$_SERVER['HTTPS'] = 'on';
	} else {
		unset( $_SERVER['HTTPS'] );
	}
	return "$scheme://$host";
}

/** Makes this the request for a page of the shop, as the web server would; returns the script that answers it. */
function become_request( string $path_and_query ): string {
	$url                       = parse_url( $path_and_query );
	$_SERVER['REQUEST_METHOD'] = 'GET';
	$_SERVER['REQUEST_URI']    = $path_and_query;
	$_SERVER['QUERY_STRING']   = $url['query'] ?? '';
	$_SERVER['SCRIPT_NAME']    = str_ends_with( $url['path'], '.php' ) ? $url['path'] : '/index.php';
	$_SERVER['PHP_SELF']       = $_SERVER['SCRIPT_NAME'];
	parse_str( $_SERVER['QUERY_STRING'], $_GET );
	return "/var/www/html{$_SERVER['SCRIPT_NAME']}";
}
