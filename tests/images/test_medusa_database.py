"""The database that a new Medusa store begins with, and the set-up that makes it the store's own."""

import time
from itertools import count

import pytest
from medusa_shop import IDENTITY, SECRETS, Store
from moments import moments


@pytest.fixture
def store(start, tmp_path):
    numbers = count()
    return lambda: Store(start, tmp_path, next(numbers))


def test_a_new_store_is_set_up_in_a_moment(store):
    shop = store().ready()
    ready = time.monotonic() - shop.server.started
    assert "copying the baked data" in shop.server.output()
    done = shop.set_up()
    print(f"database ready {ready:.2f} s after start, set-up {done.seconds:.2f} s")
    assert "migrating" not in done.log and done.told == ""
    assert done.seconds < 5
    assert shop.query("select name from store") == [IDENTITY["displayName"]]
    assert shop.query('select email from "user"') == [IDENTITY["adminEmail"]]
    assert shop.query("select token from api_key") == [SECRETS["key"]]
    assert shop.query("select count(*) from product where created_at < now() - interval '10 minutes'") == ["0"]


@pytest.mark.parametrize(
    "identity",
    [{}, {"country": "US", "currency": "USD", "language": "en"}, {"country": "JP", "currency": "JPY", "language": "nl"}],
    ids=lambda identity: identity.get("country", "DE"),
)
def test_both_ways_of_setting_up_make_the_same_shop(store, identity):
    fast, slow = store().ready(), store().ready(image="postgres")
    assert fast.set_up(**identity).told == ""
    assert slow.set_up(**identity).told == "set up from an empty database: the image brings no baked data"
    assert fast.content() == slow.content()
    for known in ("select field, value from storewright.identity where field <> 'adminAccount'", "select name from storewright.step where name not like 'baked%'"):
        assert sorted(fast.query(known)) == sorted(slow.query(known))


def test_nothing_baked_opens_anything(store):
    shop = store().ready()
    assert shop.query('select count(*) from "user"') == ["0"]
    for table in ("auth_identity", "provider_identity", "invite", "customer"):
        assert shop.query(f"select count(*) from {table}") == ["0"], table
    assert [token for token in shop.query("select token from api_key") if token.startswith(("pk_", "sk_"))] == []
    # The role's password is that of the store's Secret from the first moment; the image holds none.
    roles = "select rolname from pg_authid where rolpassword is not null and rolname <> 'medusa'"
    assert shop.query(roles, database="postgres") == []
    baked = shop.server.image.root / "usr/share/storewright/baked"
    authid = shop.query("select pg_relation_filepath('pg_authid')", database="postgres")[0]
    assert b"SCRAM-SHA-256" not in (baked / "data" / authid).read_bytes()
    assert all(b"SCRAM-SHA-256" not in file.read_bytes() for file in (baked / "data/pg_wal").glob("0*"))


def test_two_stores_share_no_secret(store):
    one, other = store().ready(), store()
    other.secrets(postgres="another", admin="another", key="pk_" + "f" * 64)
    other.ready()
    one.set_up(), other.set_up()
    for sql in ("select token from api_key", "select provider_metadata ->> 'password' from provider_identity"):
        assert one.query(sql) != other.query(sql)
    for shop, right, wrong in ((one, SECRETS["postgres"], "another"), (other, "another", SECRETS["postgres"])):
        for password, opens in ((right, True), (wrong, False)):
            done = shop.server.exec("psql", "-h", "127.0.0.1", "-U", "medusa", "-wc", "select 1", env={"PGPASSWORD": password})
            assert (done.returncode == 0) == opens


def test_baked_data_for_something_else_is_left_alone_and_said(store):
    shop = store().ready(env={"BAKED_VERSION": "another"})
    version = (shop.server.image.root / "usr/share/storewright/baked/version").read_text().strip()
    reason = f"baked data is for {version}, this store wants another"
    assert f"postgres: {reason}: starting from an empty database" in shop.server.output()
    done = shop.set_up()
    assert "migrating the database" in done.log
    assert done.told == f"set up from an empty database: {reason}"
    assert shop.set_up().told == "", "it is told once"


def test_baked_data_of_another_build_is_noticed_by_the_set_up(store):
    shop = store().ready()
    shop.query("update storewright.step set name = 'baked 0123456789ab' where name like 'baked %'")
    shop.query("update product set title = 'of another build'")
    done = shop.set_up()
    assert done.told.startswith("set up from an empty database: baked data is for 0123456789ab, this store wants ")
    assert shop.query("select count(*) from product where title = 'of another build'") == ["0"]


@pytest.mark.parametrize("delay", moments(n / 20 for n in range(1, 17, 2)))
def test_kill_9_while_copying_is_made_good(store, delay):
    shop = store()
    server = shop.start()
    time.sleep(delay)  # not a wait for anything: the moment of the kill is what is varied
    server.kill()
    print(f"killed after {delay} s: {sorted(p.name for p in (shop.folder / 'volume').iterdir())}")
    shop.ready()
    assert shop.query("select count(*) from product") == ["6"]
    assert not (shop.folder / "volume/pgdata.initialising").exists()


def test_a_changed_identity_is_taken_over_and_the_owners_own_changes_stay(store):
    shop = store().ready()
    shop.set_up()
    shop.query("update store set name = 'As the owner likes it'")
    assert "taken over" not in shop.set_up().log
    assert shop.query("select name from store") == ["As the owner likes it"]
    done = shop.set_up(adminEmail="new@example.com")
    assert done.told == "" and "migrating" not in done.log
    assert shop.query("select name from store") == ["As the owner likes it"]
    assert shop.query('select email from "user"') == shop.query("select entity_id from provider_identity") == ["new@example.com"]
    shop.set_up(adminEmail="new@example.com", displayName="Boots")
    assert shop.query("select name from store") == ["Boots"]


def test_an_address_that_cannot_be_taken_over_is_told(store):
    shop = store().ready()
    shop.set_up()
    shop.query("insert into \"user\" (id, email) values ('user_other', 'taken@example.com')")
    told = shop.set_up(adminEmail="taken@example.com").told
    assert told == "the admin's address was not changed: another account already has taken@example.com"
    assert shop.set_up(adminEmail="taken@example.com").told == told, "as long as it is so"
    assert shop.query('select email from "user" order by email') == [IDENTITY["adminEmail"], "taken@example.com"]
    assert shop.set_up(adminEmail="third@example.com").told == ""
    assert shop.query('select email from "user" order by email') == ["taken@example.com", "third@example.com"]
    shop.query("delete from \"user\" where id <> 'user_other'")
    told = shop.set_up(adminEmail="fourth@example.com").told
    assert told == "the admin's address was not changed: the account that came with the store was removed"


@pytest.mark.parametrize("changed", [{"currency": "USD"}, {"country": "US"}], ids=["currency", "country"])
def test_that_the_shop_has_no_region_for_the_stores_country_and_currency_is_told(store, changed):
    shop = store().ready()
    assert shop.set_up().told == ""
    wanted = {**IDENTITY, **changed}
    said = f"the shop has no region for {wanted['country']} in {wanted['currency']} and sells in another of its regions"
    for _ in range(2):
        assert shop.set_up(**changed).told == f"{said}: add one in the admin, with prices and shipping", "as long as it is so"
    shop.query(f"update region set currency_code = '{wanted['currency'].lower()}'")
    shop.query("update region_country set region_id = (select id from region) where iso_2 in ('us', 'de')")
    assert shop.set_up(**changed).told == ""


def test_wrong_settings_end_with_the_code_that_stops_the_job(store):
    shop = store().ready()
    log = shop.set_up(expected=2, currency="XXY").log
    assert "store.currency: Medusa does not know the currency 'xxy'" in log
    assert shop.query('select count(*) from "user"') == ["0"], "all or nothing"
    shop.set_up()
