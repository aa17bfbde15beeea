"""The WordPress image and its baked database: what the set-up makes, what the servers keep closed, what is in no image."""

import re
import subprocess
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest
from container import wait_until
from moments import moments
from shop import BAKED, HOST, MAIL_PORT, Shop, assert_sells

from harness.certificates import Certificates

# As in setup.php: the bake has opened them.
FIRST_PAGES = ("/wp-json/wc/store/v1/products?per_page=1&_fields=id", "/wp-login.php", "/")
LOADED = "<?php echo implode(PHP_EOL, array_keys(opcache_get_status(true)['scripts']));"


@pytest.fixture
def shop(start, folder):
    """A store whose database is to start empty."""
    return Shop(start, folder)


def test_an_empty_database_becomes_a_shop_that_sells(shop):
    shop.start_database({"BAKED_VERSION": BAKED})
    job = shop.set_up()
    print(job.output())
    reason = f"set up from an empty database: the image holds no baked data, this store wants {BAKED}"
    assert shop.termination_log.read_text() == reason
    shop.open()
    assert_sells(shop)


def test_a_copy_of_the_baked_data_becomes_a_shop_that_sells(baked):
    shop = baked()
    job = shop.set_up()
    taken = time.monotonic() - shop.database.started
    size = subprocess.run(["du", "-sm", shop.volume], text=True, capture_output=True).stdout.split()[0]
    print(f"{job.output()}set up {taken:.2f} s after the database's start; the volume holds {size} MB")
    assert shop.termination_log.read_text() == ""
    assert "install:" not in job.output()
    assert int(size) < 60
    shop.open()
    assert_sells(shop)
    assert shop.option("woocommerce_currency") == "EUR" and shop.option("woocommerce_default_country") == "DE"
    assert shop.option("timezone_string") == "Europe/Berlin" and shop.option("WPLANG") == "de_DE"
    assert shop.option("blogname") == "Tea &amp; &quot;Cups&quot; &#039;Ltd&#039;"


def test_baked_data_of_another_version_is_not_used(start, folder):
    shop = Shop(start, folder, database_image="wordpress-database")
    shop.start_database({"BAKED_VERSION": "woocommerce-99.0.0"})
    shop.set_up()
    said = f"baked data is for {BAKED}, this store wants woocommerce-99.0.0"
    assert f"mariadb: {said}: starting from an empty database" in shop.database.output()
    assert shop.termination_log.read_text() == f"set up from an empty database: {said}"


def test_both_ways_make_the_same_shop(shop, baked):
    """The tables, and the options but for those of the moment, of a baked shop and of one set up from nothing and opened."""
    shop.start_database()
    shop.set_up()
    shop.open()
    for page in FIRST_PAGES:
        assert shop.request(page).status == 200
    other = baked("b")
    other.set_up()
    tables = "select table_name from information_schema.tables where table_schema = 'wordpress' order by 1"
    assert shop.sql(tables) == other.sql(tables)
    own = "'woocommerce_store_id', 'storewright_claimed', 'cron', 'storewright_applied'"
    options = (
        "select option_name from wp_options where option_name not like '%transient%' and option_name not like "
        f"'action_scheduler_lock%' and option_name not in ({own}) order by 1"
    )
    assert shop.sql(options) == other.sql(options)
    for products in ("select sku, min_price, stock_quantity from wp_wc_product_meta_lookup order by sku",):
        assert shop.sql(products) == other.sql(products)


def test_the_baked_data_holds_no_credential(baked):
    shop = baked()
    shop.wait_for_database()
    assert shop.sql("select user_pass from wp_users") == "*"
    assert shop.sql("select count(*) from wp_woocommerce_api_keys") == "0"
    assert shop.sql("select count(*) from wp_usermeta where meta_key = 'session_tokens'") == "0"
    assert shop.sql("select count(*) from wp_woocommerce_sessions") == "0"
    assert shop.sql("select count(*) from wp_options where option_name like '%transient%'") == "0"
    secretive = "select option_name from wp_options where option_name regexp 'secret|password|token|key|salt|uuid|store_id'"
    known = {
        "woocommerce_myaccount_lost_password_endpoint", "woocommerce_registration_generate_password", "moderation_keys", "disallowed_keys",
    }  # fmt: skip
    assert set(shop.sql(secretive).split()) <= known


def test_two_stores_share_no_credential(baked):
    shops = {letter: baked(letter) for letter in "ab"}
    for shop in shops.values():
        shop.set_up()
        shop.open()
    a, b = shops["a"], shops["b"]
    assert a.option("woocommerce_store_id") != b.option("woocommerce_store_id")
    for own, other in ((a, b), (b, a)):
        assert own.rest("/wp-json/wc/v3/orders").status == 200
        stranger = own.rest("/wp-json/wc/v3/orders", other.secrets["rest-consumer-key"], other.secrets["rest-consumer-secret"])
        assert stranger.status == 401
        assert own.log_in("owner@example.com", own.secrets["password"]).status == 302
        assert own.log_in("owner@example.com", other.secrets["password"]).status == 200
        done = own.database.exec(
            "mariadb", "--defaults-file=/etc/mysql/my.cnf", "--host=127.0.0.1", "--user=wordpress", "-e", "select 1",
            env={"MYSQL_PWD": other.secrets["database-password"]},
        )
        assert "Access denied" in done.stderr
    session = a.log_in("owner", a.secrets["password"])
    cookies = "; ".join(line.split(";")[0] for line in session.headers["set-cookie"])
    assert a.request("/wp-admin/profile.php", {"Cookie": cookies}).status == 200
    assert b.request("/wp-admin/profile.php", {"Cookie": cookies}).status == 302


@pytest.mark.parametrize("delay", moments([0.05, 0.15, 0.3, 0.5, 1, 2, 3, 4.5]))
def test_a_set_up_that_is_killed_is_made_good_by_the_next(shop, baked, delay):
    """Early moments cut the copy of baked data short, later ones an installation."""
    for store, wanted in ((baked("b"), BAKED), (shop, "")):
        if store is shop:
            store.start_database({"BAKED_VERSION": wanted} if wanted else None)
        job = store.run("setup")
        time.sleep(delay)  # not a wait for anything: the moment of the kill is what is varied
        job.kill()
        store.set_up()
        assert store.sql("select count(*) from wp_wc_product_meta_lookup") == "6"
        assert store.sql("select count(*) from wp_woocommerce_api_keys") == "1"
        assert store.sql("select count(*) from wp_users") == "1"
        assert store.option("woocommerce_custom_orders_table_enabled") == "yes"


def test_the_images_compiled_code_is_used(baked):
    """PHP takes it for the build of PHP that made it only, and compiles into a folder of its own otherwise."""
    shop = baked()
    shop.set_up()
    shop.open()
    assert shop.request("/").status == 200
    for part in ("setup", "php"):
        folders = list((shop.volume.parent / f"{shop.letter}-{part}-tmp" / "opcache").iterdir())
        assert folders and all(folder.is_symlink() for folder in folders), (part, folders)


def test_what_waits_for_its_set_up_loads_the_code_of_the_first_pages(baked, tmp_path):
    (tmp_path / "loaded.php").write_text(LOADED)
    shop = baked()
    page = {"/var/www/html/loaded.php": (tmp_path / "loaded.php", "ro")}
    shop.php, shop.web = shop.run("php", mounts=page), shop.run("web", mounts=page)
    wait_until(lambda: shop.probe("/livez").status == 200, 10, "nginx serves")
    loaded = lambda: set(shop.probe("/loaded.php").text.split())
    wait_until(lambda: "not finished" in shop.probe("/healthz").text, 15, "the shop says that it waits")
    before = loaded()
    shop.set_up()
    wait_until(lambda: shop.probe("/healthz").status == 200, 10, "the shop is ready")
    assert all(shop.request(page).status == 200 for page in FIRST_PAGES)
    after = loaded()
    print(f"{len(before)} files before the set-up, {len(after)} with the first pages; not before: {sorted(after - before)}")
    assert len(before) > 1000 and len(before & after) > 0.95 * len(after)


def test_two_set_ups_at_once_make_one_shop(shop):
    shop.start_database()
    jobs = [shop.run("setup") for _ in range(2)]
    assert [job.wait(90) for job in jobs] == [0, 0], [job.output() for job in jobs]
    assert sum("configure:" in job.output() for job in jobs) == 1
    assert shop.sql("select count(*) from wp_users") == "1"
    assert shop.sql("select count(*) from wp_woocommerce_api_keys") == "1"


def test_every_hostname_is_served_and_no_other_is_believed(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    own = shop.request("/", {"Host": "shop.example.com", "X-Forwarded-Proto": "https"})
    assert own.status == 200 and "https://shop.example.com/" in own.text
    evil = shop.request("/", {"Host": "evil.example.net"})
    assert "evil.example.net" not in evil.text + str(evil.headers)
    ported = shop.request("/", {"Host": f"{HOST}:8443"})
    assert f"http://{HOST}:8443/" in ported.text


def test_what_is_closed(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    (shop.uploads / "evil.php").write_text("<?php echo 'ran';")
    (shop.uploads / "woocommerce_uploads").mkdir()
    (shop.uploads / "woocommerce_uploads/book.pdf").write_text("paid for")
    for path in (
        "/wp-content/uploads/evil.php", "/wp-content/uploads/evil.php/x.png", "/wp-content/uploads/woocommerce_uploads/book.pdf",
        "/xmlrpc.php", "/wp-config.php", "/readme.html", "/wp-admin/install.php", "/wp-admin/setup-config.php", "/.git/config",
        "/wp-content/plugins/woocommerce/woocommerce.php", "/wp-includes/version.php", "/wp-cron.php", "/healthz", "/livez", "/load-code",
        "/fpm-ping", "/wp-json/wp/v2/users", "/?author=1", "/author/owner/", "/../../etc/passwd",
    ):  # fmt: skip
        answer = shop.request(path)
        assert answer.status in (400, 403, 404), f"{path}: {answer.status}"
        assert "ran" != answer.text
    page = shop.request("/")
    for name in ("x-content-type-options", "x-frame-options", "content-security-policy", "referrer-policy"):
        assert len(page.headers.get(name, [])) == 1, name
    assert "x-powered-by" not in page.headers and "nginx/" not in page.header("server")
    assert "owner@" not in page.text and "s.w.org" not in page.text


def test_guessing_passwords_is_slowed_down_by_address(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    answers = [shop.log_in("owner", f"guess {n}", client="203.0.113.5").status for n in range(9)]
    assert answers[:5] == [200] * 5 and 429 in answers
    assert shop.log_in("owner", shop.secrets["password"], client="203.0.113.6").status == 302
    assert shop.request("/", client="203.0.113.5").status == 200, "only logging in is slowed down"


def test_sample_pictures_are_there_and_an_upload_goes_before(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    page = shop.request("/").text
    pictures = set(re.findall(r"/wp-content/uploads/samples/[a-z0-9-]+\.png", page))
    assert pictures
    for path in pictures:
        answer = shop.request(path)
        assert answer.status == 200 and answer.header("content-type") == "image/png", path
    own = shop.uploads / "samples"
    own.mkdir()
    (own / "mug.png").write_bytes(b"my own")
    assert shop.request("/wp-content/uploads/samples/mug.png").body == b"my own"


def test_the_footer_names_the_shop_and_leads_to_its_own_pages(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    footer = re.search(r"<footer.*?</footer>", shop.request("/").text, re.DOTALL).group()
    assert "Tea &amp; " in footer and "Twenty Twenty-Five" not in footer and "wordpress.org" not in footer
    links = set(re.findall(r'href="([^"]*)"', footer))
    assert len(links) >= 3, links
    for link in links:
        assert shop.request(urllib.parse.urlsplit(link).path or "/").status == 200, link


def test_not_ready_until_set_up_and_while_the_database_is_away(baked):
    shop = baked()
    shop.php, shop.web = shop.run("php"), shop.run("web")
    wait_until(lambda: shop.probe("/livez").status == 200, 10, "nginx serves")
    wait_until(lambda: "set-up" in shop.probe("/healthz").text, 15, "the shop says that it is not set up")
    assert shop.probe("/healthz").status == 503
    assert shop.probe("/fpm-ping").text == "pong"
    with ThreadPoolExecutor(1) as pool:
        set_up = pool.submit(shop.set_up)
        while True:
            done, begun = set_up.done(), time.monotonic()
            if shop.probe("/healthz").status == 200:
                break
            assert not done, "not ready after its set-up"
            assert time.monotonic() - begun > 4.5, "a probe that came too early was not held"
        set_up.result()
    shop.database.runc("pause", shop.database.id)
    begun = time.monotonic()
    assert shop.probe("/healthz").status == 503
    assert time.monotonic() - begun < 6
    assert shop.probe("/fpm-ping").text == "pong"
    shop.database.runc("resume", shop.database.id)
    wait_until(lambda: shop.probe("/healthz").status == 200, 10, "the shop is ready again")


ASK = "$answer = wp_remote_get('%s', ['timeout' => 2]); echo is_wp_error($answer) ? $answer->get_error_code() : $answer['response']['code'];"


def test_a_shop_asks_others_only_where_its_plan_allows_it_and_its_makers_never(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    elsewhere, refused = "http://127.0.0.1:8080/livez", "http_request_not_executed"
    assert shop.run_php(ASK % elsewhere) == refused
    shop.allow_egress()
    assert shop.run_php(ASK % elsewhere) == "200"
    for host in ("api.wordpress.org", "woocommerce.com", "public-api.wordpress.com", "localhost", HOST):
        assert shop.run_php(ASK % f"https://{host}/") == refused, host


def test_a_restarted_php_has_to_show_a_product_again(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    shop.sql("rename table wp_options to wp_away")
    assert shop.probe("/healthz").status == 200, "later on only the database and the set-up are looked at"
    shop.php.kill()
    shop.php = shop.run("php")
    wait_until(lambda: shop.probe("/healthz").status == 500, 15, "WordPress misses its options")
    shop.sql("rename table wp_away to wp_options")
    wait_until(lambda: shop.probe("/healthz").status == 200, 15, "the shop is ready again")


def test_cron_has_the_shop_do_what_is_due(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    before = shop.sql("select count(*) from wp_actionscheduler_actions where status = 'complete'")
    job = shop.run("cron", {"WORDPRESS_URL": "http://127.0.0.1:8080"})
    assert job.wait(60) == 0, job.output()
    done = "select count(*) from wp_actionscheduler_actions where status = 'complete'"
    wait_until(lambda: int(shop.sql(done)) > int(before), 20, "an action is done")
    gone = shop.run("cron", {"WORDPRESS_URL": "http://127.0.0.1:9"})
    assert gone.wait(60) == 1 and "did not do what is due" in gone.output()


MAIL = {"enabled": True, "host": "127.0.0.1", "port": MAIL_PORT, "security": "none", "username": "", "from": "shop@mail.example.com"}


def test_mail_goes_where_the_settings_say_and_nowhere_when_off(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    with shop.mail_server() as server:
        assert_sells(shop)
        assert server.connections == 0
        shop.mail(MAIL)
        assert_sells(shop)
        wait_until(lambda: len(server.messages) == 2, 10, "the mails to the customer and the owner arrive")
        assert sorted(address for addresses, _ in server.messages for address in addresses) == ["ada@example.com", "owner@example.com"]
        assert {message["from"].addresses[0].addr_spec for _, message in server.messages} == {MAIL["from"]}
        shop.request("/wp-login.php?action=lostpassword", data=[("user_login", "owner@example.com")])
        wait_until(lambda: len(server.messages) == 3, 10, "the mail for a new password arrives")


def test_a_mail_servers_password_is_given_to_no_other_server(baked, tmp_path):
    certificates = Certificates(tmp_path / "certificates")
    certificates.issue("mail", "mail")
    served = {"user": "shop", "password": "smtp secret", "certificate": (certificates.certificate("mail"), certificates.key("mail"))}
    shop = baked()
    shop.set_up()
    (shop.mail_secret / "password").write_text("smtp secret")
    shop.mail({**MAIL, "security": "starttls", "username": "shop"})

    # It knows the world's authorities, of which none has signed this certificate.
    shop.open()
    assert "BEGIN CERTIFICATE" in shop.php.exec("cat", "/etc/ssl/certs/ca-certificates.crt").stdout
    with shop.mail_server(**served) as server:
        assert_sells(shop)
        wait_until(lambda: server.connections, 10, "the shop turns to the server")
    assert (server.logins, server.messages) == ([], [])

    for part in (shop.web, shop.php):
        part.stop()
    shop.trust(certificates.certificate("ca"))
    shop.open()
    with shop.mail_server(**served) as server:
        assert_sells(shop)
        wait_until(lambda: len(server.messages) == 2, 10, "the mails arrive")
        assert set(server.logins) == {("shop", "smtp secret")}


def test_the_admin_says_that_mail_is_off(baked):
    shop = baked()
    shop.set_up()
    shop.open()
    session = shop.log_in("owner", shop.secrets["password"])
    cookies = {"Cookie": "; ".join(line.split(";")[0] for line in session.headers["set-cookie"])}
    assert "Mail is off" in shop.request("/wp-admin/index.php", cookies).text
    shop.mail(MAIL)
    begun = time.monotonic()
    page = shop.request("/wp-admin/index.php", cookies)
    assert page.status == 200 and "Mail is off" not in page.text
    assert time.monotonic() - begun < 10, "the admin waits for servers elsewhere"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"country": "Germany"}, "the store's country is missing or malformed"),
        ({"timezone": "Mars/Olympus"}, "the store's timezone, Mars/Olympus, is none"),
        ({"url": "shop"}, "the store's url is missing or malformed"),
        ({"hostnames": []}, "the store's hostnames are missing"),
    ],
)
def test_wrong_settings_end_the_set_up_for_good(baked, change, message):
    shop = baked()
    shop.identify(**change)
    job = shop.run("setup")
    assert job.wait(20) == 2
    assert message in job.output().strip().splitlines()[-1]


def test_a_missing_secret_ends_the_set_up_for_good(baked):
    shop = baked()
    shop.set_secret("password", "")
    job = shop.run("setup")
    assert job.wait(20) == 2
    assert "the secret password is missing or empty" in job.output()


@pytest.mark.parametrize(
    ("arguments", "env", "message"),
    [
        (["shell"], {}, "must be php, web, setup or cron, not 'shell'"),
        (["php"], {"PHP_WORKERS": "many"}, "PHP_WORKERS must be a number"),
        (["php"], {"PHP_MEMORY_LIMIT": "-1"}, "PHP_MEMORY_LIMIT must be a size"),
    ],
)
def test_wrong_commands_are_named(start, arguments, env, message):
    container = start("wordpress", arguments=arguments, env=env)
    assert container.wait() == 2
    assert message in container.output()


def test_servers_stop_in_order_and_leave_no_secret_in_their_output(baked):
    shop = baked()
    job = shop.set_up()
    shop.open()
    shop.log_in("owner", shop.secrets["password"])
    assert shop.web.stop(10) == 0
    assert shop.php.stop(25) == 0
    said = job.output() + shop.php.output() + shop.web.output() + shop.database.output()
    for name, value in shop.secrets.items():
        if name != "email":
            assert value not in said, name
