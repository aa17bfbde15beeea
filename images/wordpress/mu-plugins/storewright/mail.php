<?php
/**
 * Mail by the platform's settings, read when a mail is sent. While mail is off, sending fails at once and the admin says so.
 */
declare( strict_types=1 );

namespace Storewright;

defined( 'ABSPATH' ) || exit;

const MAIL_TIMEOUT_SECONDS = 8;

// Before everything else: null goes on to send, false is "not sent".
add_filter( 'pre_wp_mail', fn( $sent ) => mail()['enabled'] ? $sent : false, 1 );

// The server takes mail from its own address alone; answers go to the shop's owner.
add_filter( 'wp_mail_from', fn( $from ) => mail()['from'] ?? '' ?: $from, 99 );
add_filter( 'wp_mail_from_name', fn() => wp_specialchars_decode( get_option( 'blogname' ), ENT_QUOTES ), 99 );
add_filter( 'woocommerce_email_from_address', fn( $from ) => mail()['from'] ?? '' ?: $from, 99 );

add_action(
	'phpmailer_init',
	function ( $mailer ) {
		$mail               = mail();
		$mailer->Timeout    = MAIL_TIMEOUT_SECONDS;
		$mailer->Host       = $mail['host'];
		$mailer->Port       = $mail['port'];
		$mailer->SMTPSecure = array( 'starttls' => 'tls', 'tls' => 'ssl' )[ $mail['security'] ] ?? '';
		// Encrypted where the settings say so, and nowhere by guessing.
		$mailer->SMTPAutoTLS = false;
		$mailer->SMTPAuth    = '' !== $mail['username'];
		if ( $mailer->SMTPAuth ) {
			$mailer->Username = $mail['username'];
			$mailer->Password = secret( 'password', '/run/secrets/mail' );
		}
		if ( ! $mailer->getReplyToAddresses() ) {
			$mailer->addReplyTo( get_option( 'admin_email' ) );
		}
		$mailer->isSMTP();
	},
	99
);

add_action(
	'admin_notices',
	function () {
		if ( ! mail()['enabled'] && current_user_can( 'manage_woocommerce' ) ) {
			echo '<div class="notice notice-warning"><p><strong>Mail is off.</strong> This shop sends no mails: neither to customers about their orders, nor to reset a password. Whoever runs the platform can set up mail for it.</p></div>';
		}
	}
);
