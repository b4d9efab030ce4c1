import pytest

from core.adapters.fetch_url import parse_url
from core.errors import AddressRefused


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("http://example.com", "http://example.com/"),
        ("HTTPS://Example.COM/A.png", "https://example.com/A.png"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com:80/a", "https://example.com:80/a"),
        ("http://example.com?x=1", "http://example.com/?x=1"),
        ("http://example.com/a?x=1#frag", "http://example.com/a?x=1"),
        ("http://example.com/a#b?c", "http://example.com/a"),
        (
            "http://example.com/%2e%41%zz/é?q=ü&r={1}",
            "http://example.com/%2e%41%zz/%C3%A9?q=%C3%BC&r=%7B1%7D",
        ),
        ("http://example.com/a;b=c,d@e:f", "http://example.com/a;b=c,d@e:f"),
        ("http://93.184.215.14/a", "http://93.184.215.14/a"),
        ("http://[2606:4700:0:0::1111]:8080/a", "http://[2606:4700::1111]:8080/a"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
        ("http://ｅｘａｍｐｌｅ。com/", "http://example.com/"),
        ("http://faß.example/", "http://xn--fa-hia.example/"),
        ("http://a_b.example/", "http://a_b.example/"),
        ("http://minio:9000/a", "http://minio:9000/a"),
        ("http://1e100.net/", "http://1e100.net/"),
        ("http://127.0.0.1.nip.io/", "http://127.0.0.1.nip.io/"),
    ],
)
def test_a_plain_address_is_written_anew(given, written):
    assert parse_url(given).text == written
    assert parse_url(written).text == written


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "/a.png",
            "//example.com/a",
            "example.com/a.png",
            "http:",
            "http:/",
            "http://",
            "http:///a",
        ),
        *("http:example.com", "http:/example.com/a", "ftp://example.com/a", "file:///etc/passwd"),
        *(
            "gopher://example.com/",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
            "httpx://example.com/",
        ),
        *(
            "ws://example.com/",
            "blob:http://example.com/x",
            "http+unix://sock/",
            "jar:http://example.com!/",
        ),
        *(
            "http://user@example.com/",
            "http://user:pw@example.com/",
            "http://@example.com/",
            "http://:@example.com/",
        ),
        *(
            "http://example.com@127.0.0.1/",
            "http://127.0.0.1:80@example.com/",
            "http://a%40b@example.com/",
        ),
        *(
            "http://example.com\\@127.0.0.1/",
            "http:\\\\example.com/",
            "http://example.com\\a",
            "http://example.com/\\a",
        ),
        *(
            " http://example.com/",
            "http://example.com/ ",
            "http://exam ple.com/",
            "http://example.com/a b",
        ),
        *(
            "http://example.com/\t",
            "ht\ntp://example.com/",
            "http://exa\rmple.com/",
            "http://example.com/\r\nHost: x",
        ),
        *(
            "http://example.com/\0",
            "http://example.com\0.evil/",
            "http://example.com/\x7f",
            "http://example.com/\x85",
        ),
        *(
            "http://example.com/\u2028",
            "http://example.com/\u00a0",
            "http://example.com/\u3000",
            "http://example.com/\ud800",
        ),
        *(
            "http://example.com:0/",
            "http://example.com:65536/",
            "http://example.com:99999/",
            "http://example.com:/",
        ),
        *(
            "http://example.com:-80/",
            "http://example.com:+80/",
            "http://example.com:080/",
            "http://example.com:8 0/",
        ),
        *(
            "http://example.com:８０/",
            "http://example.com:80:80/",
            "http://example.com:http/",
            "http://:80/",
        ),
        *(
            "http://example.com./",
            "http://.example.com/",
            "http://example..com/",
            "http://-a.example/",
            "http://a-.example/",
        ),
        *(
            "http://exa%6dple.com/",
            "http://example.com%2f/",
            "http://exa*mple.com/",
            "http://a,b.example/",
            "http://a|b/",
        ),
        *(
            "http://[::1",
            "http://::1/",
            "http://[::1]a/",
            "http://[v1.a]/",
            "http://[]/",
            "http://[example.com]/",
        ),
        *(
            f"http://{'a' * 64}.example/",
            "http://" + ".".join(["a" * 60] * 5) + "/",
            "http://xn--\u00fc.\u202e/",
        ),
        "http://example.com/" + "a" * 2_030,
        "http://[2606:4700::1%25eth0]/",
        "http://[2606:4700::1%1]/",
        "http://８.８.８.８/",
        "http://8。8。8。8/",
        "http://⑧.8.8.8/",
        "http://010.8.8.8/",
    ],
)
def test_an_odd_address_is_refused_with_a_sentence_about_the_url(text):
    with pytest.raises(AddressRefused) as caught:
        parse_url(text)
    assert caught.value.errors == {"url": [caught.value.public]}
    assert caught.value.public.endswith(".")


def test_the_longest_address_is_2048_characters():
    assert parse_url("http://example.com/" + "a" * 2_029).path == "/" + "a" * 2_029


@pytest.mark.parametrize(
    ("location", "written"),
    [
        ("/b", "http://example.com/b"),
        ("b", "http://example.com/x/b"),
        ("../b?c", "http://example.com/b?c"),
        ("?c", "http://example.com/x/a?c"),
        ("//other.example/b", "http://other.example/b"),
        ("https://other.example:8443/b", "https://other.example:8443/b"),
        ("/é", "http://example.com/%C3%A9"),
    ],
)
def test_a_redirect_may_be_relative(location, written):
    assert parse_url("http://example.com/x/a?q").join(location).text == written


@pytest.mark.parametrize(
    "location",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "//user@example.com/",
        "\t/b",
        "/b\\c",
        "//[::1",
        "http://2130706433/",
        "//0x7f.1/",
    ],
)
def test_a_redirect_is_judged_as_the_first_address_is(location):
    with pytest.raises(AddressRefused):
        parse_url("http://example.com/x/a").join(location)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "image"),
        ("/", "image"),
        ("/a/", "image"),
        ("/a/cat.png?size=1", "cat.png"),
        ("/%63at%20%C3%A9.png", "cat é.png"),
        ("/%2e%2e", "image"),
        ("/..%2f..%2fetc%5cpasswd", ".._.._etc_passwd"),
        ("/a%00b%0d%0ac%7f.png", "abc.png"),
        ("/a%E2%80%AEgnp.exe%E2%81%A6%E2%80%8F.png", "agnp.exe.png"),
        ("/%ff%fe.png", "\ufffd\ufffd.png"),
        ("/%20%20", "image"),
        ("/" + "n" * 300 + ".jpeg", "n" * 250 + ".jpeg"),
        ("/" + "n" * 300, "n" * 255),
        ("/a." + "n" * 300, "a." + "n" * 253),
    ],
)
def test_the_files_name_is_the_last_part_of_the_path(path, name):
    assert parse_url(f"http://example.com{path}").file_name == name
