<?php
/**
 * Opens one of the shop's pages and adds the files of code that it took to the database's record of them: a new shop's pod
 * loads them while it waits for its set-up, see load-code.php.
 * Usage: visit.php PATH
 */
declare( strict_types=1 );

require_once dirname( __DIR__ ) . '/platform.php';
require_once dirname( __DIR__ ) . '/database.php';

register_shutdown_function(
	function () {
		ob_end_clean();
		if ( 200 !== ( http_response_code() ?: 200 ) ) {
			exit( 1 );
		}
		( new Storewright\Records( Storewright\connect( 5, 10 ) ) )->add_first_files( get_included_files() );
	}
);
ob_start();
require Storewright\become_request( $argv[1] );
