<?php
/**
 * The shop's database beside WordPress: what the set-up has recorded there, and its lock.
 */
declare( strict_types=1 );

namespace Storewright;

mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );

/** @return array{0: string, 1: string} host and port, or host and path of a socket */
function database_address(): array {
	return explode( ':', (string) getenv( 'DATABASE_HOST' ), 2 ) + array( 1 => '3306' );
}

/**
 * Returns when the database's port takes connections or refuses them, at the latest after so many seconds. A new pod's first
 * packets may be lost, as what enforces network policies has not heard of it yet, and the kernel repeats them only after a
 * second: trying anew is sooner, and mysqli cannot be told to give up within one.
 */
function reach_database( float $seconds ): void {
	[ $host, $port ] = database_address();
	$until           = microtime( true ) + $seconds;
	while ( ! str_starts_with( $port, '/' ) && microtime( true ) < $until ) {
		$begun  = microtime( true );
		$socket = @stream_socket_client( "tcp://$host:$port", $code, $reason, 0.2 );
		if ( false !== $socket || microtime( true ) - $begun < 0.2 ) {
			return;
		}
	}
}

/** DATABASE_HOST may be `localhost:/path/of/a/socket`, as for WordPress. An answer may take the second number of seconds. */
function connect( int $seconds, int $answer_seconds ): \mysqli {
	$database = mysqli_init();
	$database->options( MYSQLI_OPT_CONNECT_TIMEOUT, $seconds );
	$database->options( MYSQLI_OPT_READ_TIMEOUT, $answer_seconds );
	[ $host, $rest ] = database_address();
	$socket          = str_starts_with( $rest, '/' ) ? $rest : null;
	$port            = $socket ? 0 : (int) $rest;
	$database->real_connect( $host, getenv( 'DATABASE_USER' ), secret( 'database-password' ), getenv( 'DATABASE_NAME' ), $port, $socket );
	$database->set_charset( 'utf8mb4' );
	return $database;
}

/** What the set-up has done, by name. Its table is not WordPress's: it says whether WordPress's can be used. */
class Records {
	public const TABLE        = 'storewright';
	private const FIRST_FILES = 'first-files';

	public function __construct( private \mysqli $database ) {}

	public function prepare(): void {
		$this->database->query( 'CREATE TABLE IF NOT EXISTS ' . self::TABLE . ' (name VARCHAR(64) PRIMARY KEY, value LONGTEXT NOT NULL)' );
	}

	public function get( string $name ): ?string {
		$found = $this->database->execute_query( 'SELECT value FROM ' . self::TABLE . ' WHERE name = ?', array( $name ) )->fetch_column();
		return false === $found ? null : $found;
	}

	/** The files of code that a new shop's first pages take, as the bake has seen. */
	public function first_files(): array {
		$names = $this->get( self::FIRST_FILES );
		return null === $names ? array() : explode( "\n", $names );
	}

	public function add_first_files( array $names ): void {
		$this->set( self::FIRST_FILES, implode( "\n", array_unique( array_merge( $this->first_files(), $names ) ) ) );
	}

	public function set( string $name, string $value ): void {
		$this->database->execute_query( 'REPLACE INTO ' . self::TABLE . ' (name, value) VALUES (?, ?)', array( $name, $value ) );
	}
}

/** The record that the set-up of this image's code was finished: pages are served from then on. */
function build_record(): string {
	return 'build:' . build_id();
}
