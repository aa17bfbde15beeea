<?php
/**
 * Makes the shop's database ready for this image's code and for this store. It can be cut short anywhere and run again, and
 * two may run at once. A database that starts as a copy of baked data is installed already; an empty one is installed first.
 * Usage: setup.php [--bake]   --bake: only what is the same in every shop; for the image of the baked data
 * Exit code 2: a setting is wrong, so that trying again is of no use.
 */
declare( strict_types=1 );

namespace Storewright;

require __DIR__ . '/platform.php';
require __DIR__ . '/database.php';
require __DIR__ . '/settings.php';

const DATABASE_PATIENCE_SECONDS = 180;
const LOCK_PATIENCE_SECONDS     = 300;
const TERMINATION_LOG           = '/dev/termination-log';

/** The steps of an installation, each a PHP process of its own: WordPress loads differently after each. */
const INSTALLATION = array( 'install', 'activate', 'configure' );

/** What a new shop is asked for first: by its pod's probe, by the platform, and by its owner. */
const FIRST_PAGES = array( FIRST_PAGE, '/wp-login.php', '/' );

function say( string $what ): void {
	fwrite( STDERR, "setup: $what\n" );
}

function connect_when_up(): \mysqli {
	$deadline = microtime( true ) + DATABASE_PATIENCE_SECONDS;
	$pause    = 0.05;
	while ( true ) {
		try {
			reach_database( 5 );
			return connect( 5, LOCK_PATIENCE_SECONDS + 10 );
		} catch ( \mysqli_sql_exception $error ) {
			// 1045: the password is being changed, or is another's.
			if ( microtime( true ) > $deadline ) {
				throw new \RuntimeException( 'the database did not answer in ' . DATABASE_PATIENCE_SECONDS . " s: {$error->getMessage()}" );
			}
		}
		usleep( (int) ( $pause * 1e6 ) );
		$pause = min( $pause * 1.5, 0.1 );
	}
}

/** The lock goes away with the connection. */
function lock( \mysqli $database ): void {
	$got = $database->execute_query( 'SELECT GET_LOCK(CONCAT(DATABASE(), ".setup"), ?)', array( LOCK_PATIENCE_SECONDS ) )->fetch_column();
	if ( 1 !== (int) $got ) {
		throw new \RuntimeException( 'another set-up of this store did not end in ' . LOCK_PATIENCE_SECONDS . ' s' );
	}
}

function run_step( string $name, string ...$arguments ): void {
	$start   = microtime( true );
	$process = proc_open( array( PHP_BINARY, __DIR__ . "/steps/$name.php", ...$arguments ), array(), $pipes );
	$code    = proc_close( $process );
	if ( 0 !== $code ) {
		throw new \RuntimeException( "the step $name failed with exit code $code" );
	}
	say( sprintf( '%s: %.1f s', $name, microtime( true ) - $start ) );
}

/** Nothing has been served yet from an installation that was cut short: it begins anew. */
function install( \mysqli $database, Records $records ): void {
	$tables = $database->execute_query( 'SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE "wp\_%"' )->fetch_all();
	foreach ( $tables as [ $table ] ) {
		$database->query( "DROP TABLE `$table`" );
	}
	array_map( run_step( ... ), INSTALLATION );
	$records->set( 'installed', programs() );
}

/**
 * Why the shop did not start as a copy of the baked data, if it should have.
 *
 * @return string[]
 */
function reason_for_empty( \mysqli $database ): array {
	$comment = (string) $database->query( 'SELECT schema_comment FROM information_schema.schemata WHERE schema_name = DATABASE()' )->fetch_column();
	return str_contains( $comment, 'this store wants' ) ? array( "set up from an empty database: $comment" ) : array();
}

/** @return string[] what the owner is to be told */
function set_up( bool $bake ): array {
	$settings = $bake ? null : Settings::read();
	$database = connect_when_up();
	lock( $database );
	$records = new Records( $database );
	$records->prepare();
	$told = array();
	if ( null === $records->get( 'installed' ) ) {
		install( $database, $records );
		$told = reason_for_empty( $database );
	} elseif ( ! $bake && null === $records->get( build_record() ) && $records->get( 'installed' ) !== programs() ) {
		run_step( 'upgrade' );
		$records->set( 'installed', programs() );
	}
	if ( $bake ) {
		foreach ( FIRST_PAGES as $page ) {
			run_step( 'visit', $page );
		}
		run_step( 'neutralise' );
		return array();
	}
	require __DIR__ . '/personalise.php';
	$start = microtime( true );
	$told = array_merge( $told, personalise( $settings ) );
	$records->set( build_record(), gmdate( 'c' ) );
	say( sprintf( 'made it this store: %.2f s', microtime( true ) - $start ) );
	return $told;
}

try {
	$told = set_up( in_array( '--bake', $argv, true ) );
	say( sprintf( 'finished in %.1f s', microtime( true ) - $_SERVER['REQUEST_TIME_FLOAT'] ) );
	array_map( say( ... ), $told );
	if ( $told ) {
		@file_put_contents( TERMINATION_LOG, implode( '; ', $told ) );
	}
} catch ( WrongSetting $wrong ) {
	say( $wrong->getMessage() );
	exit( 2 );
} catch ( \Throwable $error ) {
	say( $error->getMessage() );
	exit( 1 );
}
