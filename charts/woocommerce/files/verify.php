// What a store's customers and its owner ask, asked from inside its namespace. Each line says what was asked; the first that was not
// answered as it should be ends the test.
const BASE = 'http://wordpress:8080';

function secret(string $name): string {
    return trim(file_get_contents("/run/secrets/store/$name"));
}

/** Status and body. The headers are those with which the ingress controller passes requests on; keys are taken over HTTPS only. */
function ask(string $path, string $credentials = ''): array {
    $store = json_decode(file_get_contents('/etc/store/store.json'), true, flags: JSON_THROW_ON_ERROR);
    ['scheme' => $scheme, 'host' => $host] = parse_url($store['url']);
    $headers = ["Host: $host", 'Connection: close'];
    if ($credentials === '') {
        $headers[] = "X-Forwarded-Proto: $scheme";
    } else {
        array_push($headers, 'X-Forwarded-Proto: https', 'Authorization: Basic ' . base64_encode($credentials));
    }
    $options = ['header' => $headers, 'timeout' => 20, 'ignore_errors' => true, 'follow_location' => 0];
    $body = @file_get_contents(BASE . $path, false, stream_context_create(['http' => $options]));
    $line = http_get_last_response_headers()[0] ?? 'no answer';
    return [(int) (explode(' ', $line)[1] ?? 0), (string) $body];
}

function check(string $what, string $path, int $status, string $contains, string $credentials = ''): void {
    [$got, $body] = ask($path, $credentials);
    if ($got !== $status || ($contains !== '' && !str_contains($body, $contains))) {
        fwrite(STDERR, "$what: $path answered $got" . ($got === $status ? " without '$contains'" : " instead of $status") . "\n");
        exit(1);
    }
    echo "$what: ok\n";
}

$key = secret('rest-consumer-key') . ':' . secret('rest-consumer-secret');
check('the catalogue has products', '/wp-json/wc/store/v1/products?per_page=1&_fields=id,prices', 200, '"currency_code"');
check('the shop shows them', '/', 200, 'post-type-archive-product');
check('the owner can log in', '/wp-login.php', 200, 'id="loginform"');
check('the key of the platform reads orders', '/wp-json/wc/v3/orders?per_page=1&_fields=id', 200, '', $key);
check('another key does not', '/wp-json/wc/v3/orders?per_page=1&_fields=id', 401, '', 'ck_' . str_repeat('0', 40) . ':cs_' . str_repeat('0', 40));
