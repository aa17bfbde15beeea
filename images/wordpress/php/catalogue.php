<?php
/**
 * The sample products of a new shop. Prices are of about euro or dollar size: see prices.php.
 */
return array(
	'drawings' => array(
		// Size of the picture, by the name that WordPress or WooCommerce has for it. The drawings are square.
		'full'                          => 900,
		'thumbnail'                     => 150,
		'medium'                        => 300,
		'medium_large'                  => 768,
		'woocommerce_thumbnail'         => 300,
		'woocommerce_single'            => 600,
		'woocommerce_gallery_thumbnail' => 100,
	),
	'folder'   => 'samples',
	'products' => array(
		'SAMPLE-T-SHIRT'  => array( 'picture' => 't-shirt', 'name' => 'T-shirt', 'category' => 'Clothing', 'price' => 20, 'grams' => 180, 'featured' => true, 'text' => 'Soft organic cotton, cut straight, in the colour of the sea.' ),
		'SAMPLE-HOODIE'   => array( 'picture' => 'hoodie', 'name' => 'Hoodie', 'category' => 'Clothing', 'price' => 50, 'grams' => 520, 'featured' => false, 'text' => 'Brushed on the inside, with a pocket for cold hands.' ),
		'SAMPLE-TOTE-BAG' => array( 'picture' => 'tote-bag', 'name' => 'Tote bag', 'category' => 'Clothing', 'price' => 15, 'grams' => 140, 'featured' => true, 'text' => 'Strong canvas that carries a week of shopping.' ),
		'SAMPLE-MUG'      => array( 'picture' => 'mug', 'name' => 'Mug', 'category' => 'Home', 'price' => 12, 'grams' => 340, 'featured' => true, 'text' => 'Stoneware, glazed by hand. It holds 350 ml.' ),
		'SAMPLE-CANDLE'   => array( 'picture' => 'candle', 'name' => 'Candle', 'category' => 'Home', 'price' => 18, 'grams' => 260, 'featured' => false, 'text' => 'Rapeseed wax with cedar and sage. It burns for 40 hours.' ),
		'SAMPLE-NOTEBOOK' => array( 'picture' => 'notebook', 'name' => 'Notebook', 'category' => 'Desk', 'price' => 9, 'grams' => 210, 'featured' => true, 'text' => '160 lined pages that lie flat when open.' ),
	),
	'shipping' => 5,
);
