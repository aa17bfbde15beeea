<?php
/**
 * Has the shop do what is due, under the shop's own name.
 */
declare( strict_types=1 );

require __DIR__ . '/platform.php';

const DEADLINE_SECONDS = 60;

try {
	$url = parse_url( Storewright\store()['url'] );
} catch ( Storewright\WrongSetting $wrong ) {
	fwrite( STDERR, "cron: {$wrong->getMessage()}\n" );
	exit( 2 );
}
$options = array(
	'http' => array(
		'header'          => array(
			'Host: ' . $url['host'] . ( isset( $url['port'] ) ? ":{$url['port']}" : '' ),
			"X-Forwarded-Proto: {$url['scheme']}",
		),
		'timeout'         => DEADLINE_SECONDS,
		'follow_location' => 0,
		'ignore_errors'   => true,
	),
);
$server  = getenv( 'WORDPRESS_URL' ) ?: 'http://wordpress:8080';
$answer  = @file_get_contents( "$server/wp-cron.php?doing_wp_cron", false, stream_context_create( $options ) );
$status  = http_get_last_response_headers()[0] ?? 'no answer';
if ( false === $answer || ! preg_match( '/ 200 /', "$status " ) ) {
	fwrite( STDERR, "cron: the shop did not do what is due: $status\n" );
	exit( 1 );
}
