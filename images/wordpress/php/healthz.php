<?php
/**
 * Readiness: the database answers and was set up for this image's code. Until then 503 and the reason. The first time, the
 * shop itself has to answer as well, by a route that reads its products; until it has, the answer is held for some seconds
 * while it is no, as whoever asks would ask again a second later only.
 */
declare( strict_types=1 );

require_once __DIR__ . '/platform.php';
require_once __DIR__ . '/database.php';

/** How long a no is held, in seconds: less than the startup probe's timeout. */
const STOREWRIGHT_HELD = 5.0;

/** Has the code of the shop's first pages loaded beside this, see load-code.php: while the set-up runs there is time for it. */
function storewright_have_code_loaded(): void {
	static $request = null;
	if ( null === $request ) {
		$request = @stream_socket_client( 'tcp://127.0.0.1:8080', timeout: 1 );
		$request && @fwrite( $request, "GET /load-code HTTP/1.0\r\n\r\n" );
	}
}

/**
 * The connection is kept while it is good.
 *
 * @throws Storewright\WrongSetting
 */
function storewright_not_ready( ?mysqli &$database ): ?string {
	try {
		$database ??= Storewright\connect( 2, 2 );
		if ( null !== ( new Storewright\Records( $database ) )->get( Storewright\build_record() ) ) {
			return null;
		}
		storewright_have_code_loaded();
		return 'the set-up of this version is not finished';
	} catch ( mysqli_sql_exception $error ) {
		// No such table.
		if ( 1146 === $error->getCode() ) {
			return 'the set-up has not begun';
		}
		$database = null;
		return 'the database does not answer: ' . $error->getMessage();
	}
}

/** Waits for so many seconds that it is ready; a wrong setting is told at once. */
function storewright_still_not_ready( float $patience ): ?string {
	$until    = microtime( true ) + $patience;
	$database = null;
	Storewright\reach_database( $patience );
	try {
		while ( null !== ( $reason = storewright_not_ready( $database ) ) && microtime( true ) < $until ) {
			usleep( 50_000 );
		}
		return $reason;
	} catch ( Storewright\WrongSetting $error ) {
		return $error->getMessage();
	}
}

$storewright_answered = file_exists( '/tmp/shop-answered' );
$storewright_reason   = storewright_still_not_ready( $storewright_answered ? 0.0 : STOREWRIGHT_HELD );
if ( null !== $storewright_reason ) {
	http_response_code( 503 );
	header( 'Content-Type: text/plain' );
	echo "$storewright_reason\n";
	exit;
}
if ( $storewright_answered ) {
	header( 'Content-Type: text/plain' );
	echo "ok\n";
	exit;
}
register_shutdown_function(
	function () {
		if ( 200 === http_response_code() ) {
			touch( '/tmp/shop-answered' );
		}
	}
);
require Storewright\become_request( Storewright\FIRST_PAGE );
