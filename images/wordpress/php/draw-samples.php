<?php
/**
 * Draws the sample products' pictures in every size that a shop shows them in.
 * Usage: draw-samples.php FOLDER-OF-SVG TARGET
 */
declare( strict_types=1 );

$catalogue = require __DIR__ . '/catalogue.php';
[ , $drawings, $target ] = $argv;
$target .= "/{$catalogue['folder']}";
mkdir( $target, 0755, true );
foreach ( $catalogue['products'] as $product ) {
	foreach ( array_unique( $catalogue['drawings'] ) as $size ) {
		$name    = $product['picture'] . ( $size === $catalogue['drawings']['full'] ? '' : "-{$size}x{$size}" );
		$command = array( 'rsvg-convert', "--width=$size", "--height=$size", "--output=$target/$name.png", "$drawings/{$product['picture']}.svg" );
		if ( 0 !== proc_close( proc_open( $command, array(), $pipes ) ) ) {
			exit( 1 );
		}
	}
}
