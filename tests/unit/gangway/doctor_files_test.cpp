// Images and certificates on a real disk, whole and damaged.
#include "gangway/doctor_boot2docker.hpp"
#include "gangway/doctor_certificates.hpp"
#include "gangway/doctor_image.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using Catch::Contains;
using test_support::test_directory;
using test_support::write_file;
using namespace gangway;
namespace fs = std::filesystem;

namespace {

// Of "abc", from FIPS 180-2.
constexpr auto digest_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string manifest(const std::string& name, const std::string& digest)
{
    return R"({"version": "1", "files": {")" + name + R"(": {"size": 3, "sha256": ")" + digest +
           R"("}}})";
}

// Valid for ten days from now on.
void make_certificate(const fs::path& certificate, const fs::path& key)
{
    test_support::run_checked(
        {.arguments =
             {"openssl",
              "req",
              "-x509",
              "-newkey",
              "ec",
              "-pkeyopt",
              "ec_paramgen_curve:P-256",
              "-nodes",
              "-subj",
              "/CN=test",
              "-days",
              "10",
              "-out",
              certificate.string(),
              "-keyout",
              key.string()}}
    );
}

std::chrono::sys_seconds now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

TEST_CASE("a boot2docker ISO is well when it is the one asked for, or not needed any more")
{
    const test_directory here;
    const auto iso = (here / "b.iso").string();
    const auto judged = [&](const std::string& place) {
        return judge_boot2docker(look_at_boot2docker({place, digest_of_abc}, here.path()));
    };
    CHECK(judged("https://example.org/b.iso").judged == verdict::ok);
    CHECK_THAT(judged("https://example.org/b.iso").found, Contains("to be downloaded"));
    CHECK(judged(iso).judged == verdict::wrong);
    CHECK_THAT(judged(iso).found, Contains("there is no "));
    write_file(iso, "abd");
    CHECK(judged(iso).judged == verdict::wrong);
    CHECK_THAT(judged(iso).advice, Contains("vm.boot2docker.sha256"));
    write_file(iso, "abc");
    CHECK(judged(iso).judged == verdict::ok);

    const auto taken = here / "boot2docker" / digest_of_abc;
    std::filesystem::create_directories(taken);
    write_file(taken / "isolinux.cfg", "");
    std::filesystem::remove(iso);
    CHECK(judged(iso).judged == verdict::ok);
}

TEST_CASE("an image is well when each of its files has the manifest's digest")
{
    const test_directory here;
    const auto judged = [&] { return judge_image(look_at_image(here.path())); };
    CHECK_THAT(judged().found, Contains("no manifest.json"));
    CHECK(judged().judged == verdict::wrong);

    write_file(here / "manifest.json", manifest("root.img", digest_of_abc));
    CHECK_THAT(judged().found, Contains("root.img is missing"));
    write_file(here / "root.img", "abc");
    CHECK(judged().judged == verdict::ok);
    write_file(here / "root.img", "abd");
    CHECK(judged().judged == verdict::wrong);
    CHECK_THAT(judged().found, Contains("sha256"));
    write_file(here / "root.img", "abcd");
    CHECK_THAT(judged().found, Contains("4 bytes instead of 3"));
    CHECK_THAT(judged().advice, Contains("appliance/build"));

    for (const auto& damaged :
         {std::string("{"),
          std::string("{}"),
          std::string(R"({"files": {}})"),
          std::string(R"({"files": {"root.img": {"size": "3"}}})"),
          manifest("../root.img", digest_of_abc)}) {
        write_file(here / "manifest.json", damaged);
        CHECK_THAT(judged().found, Contains("damaged"));
    }
}

TEST_CASE("certificates are judged by their dates, and their keys by who may read them")
{
    const test_directory here;
    const auto pki = here / "pki";
    const auto judged = [&](std::chrono::sys_seconds when) {
        return judge_certificates(look_at_own_certificates(here.path()), true, when);
    };
    CHECK(judged(now()).judged == verdict::ok);  // they are made when they are needed
    CHECK(
        judge_certificates(look_at_given_certificates(here.path()), false, now()).judged ==
        verdict::wrong
    );

    fs::create_directories(pki);
    make_certificate(pki / "ca.pem", pki / "ca-key.pem");
    make_certificate(pki / "server.pem", pki / "server-key.pem");
    CHECK_THAT(judged(now()).found, Contains("cert.pem is missing"));
    make_certificate(pki / "cert.pem", pki / "key.pem");
    CHECK(judged(now()).judged == verdict::ok);
    CHECK_THAT(judged(now()).found, Contains("valid until 20"));

    CHECK(judged(now() + std::chrono::days(11)).judged == verdict::wrong);
    CHECK_THAT(judged(now() + std::chrono::days(11)).found, Contains("has expired"));
    CHECK_THAT(judged(now() - std::chrono::days(1)).advice, Contains("set the clock"));

    fs::permissions(pki / "key.pem", fs::perms(0644));
    CHECK(judged(now()).judged == verdict::warning);
    CHECK(judged(now()).advice == "chmod 600 " + (pki / "key.pem").string());

    write_file(pki / "server.pem", "no certificate");
    CHECK(judged(now()).judged == verdict::wrong);
    CHECK_THAT(judged(now()).found, Contains("is no certificate"));
}
