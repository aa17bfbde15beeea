<?php
/**
 * Sample prices that look made for the shop's currency: they do not follow the exchange.
 */
declare( strict_types=1 );

namespace Storewright;

/** Roughly what one euro or dollar buys elsewhere. */
const SCALE = array(
	'AED' => 4, 'ARS' => 1000, 'AUD' => 1.5, 'BRL' => 5, 'CAD' => 1.4, 'CLP' => 1000, 'CNY' => 7, 'COP' => 4000, 'CZK' => 24, 'DKK' => 7,
	'EGP' => 50, 'GBP' => 0.9, 'HKD' => 8, 'HUF' => 390, 'IDR' => 16000, 'ILS' => 4, 'INR' => 85, 'JPY' => 150, 'KES' => 130, 'KRW' => 1400,
	'MAD' => 10, 'MXN' => 20, 'MYR' => 4.5, 'NGN' => 1600, 'NOK' => 11, 'NZD' => 1.7, 'PHP' => 58, 'PKR' => 280, 'PLN' => 4, 'RON' => 5,
	'SAR' => 4, 'SEK' => 11, 'SGD' => 1.4, 'THB' => 35, 'TRY' => 35, 'TWD' => 32, 'UAH' => 41, 'VND' => 25000, 'ZAR' => 18,
);

/** 20 becomes 19.90, 2800 or 480000. */
function local_price( float $base, string $currency, int $decimals ): string {
	$value = $base * ( SCALE[ $currency ] ?? 1 );
	if ( $value >= 100 ) {
		$step  = 10 ** ( floor( log10( $value ) ) - 1 );
		$price = round( $value / $step ) * $step;
	} else {
		$price = max( 1, round( $value ) ) - ( $value >= 10 ? 0.1 : 0 );
	}
	return 0 === $decimals ? (string) (int) ceil( $price ) : number_format( $price, 2, '.', '' );
}
