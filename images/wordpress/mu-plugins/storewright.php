<?php
/**
 * Plugin Name: Storewright
 * Description: What holds for every shop of the platform: its mail, and no business with its makers.
 */
declare( strict_types=1 );

require_once __DIR__ . '/storewright/mail.php';
require_once __DIR__ . '/storewright/outside.php';
require_once __DIR__ . '/storewright/accounts.php';
require_once __DIR__ . '/storewright/footer.php';
