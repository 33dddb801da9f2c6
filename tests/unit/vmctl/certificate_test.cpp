// Issued certificates judged by OpenSSL directly, and what makes one count as flawed.
#include "vmctl/certificate.hpp"

#include "vmctl/pki.hpp"

#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>
#include <set>

using namespace vmctl;
using namespace std::chrono_literals;

namespace {

using x509 = std::shared_ptr<X509>;

const auto now = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1} + 12h;

x509 parse(const std::string& pem)
{
    BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    x509 result(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
    BIO_free(bio);
    REQUIRE(result);
    return result;
}

// Zero is X509_V_OK.
int verify(
    const credential& leaf,
    const credential& authority,
    int purpose,
    const char* host,
    certificate_clock::time_point when
)
{
    const auto certificate = parse(leaf.certificate);
    const auto root = parse(authority.certificate);
    X509_STORE* const store = X509_STORE_new();
    X509_STORE_add_cert(store, root.get());
    X509_STORE_CTX* const context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, certificate.get(), nullptr);
    X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_time(parameters, certificate_clock::to_time_t(when));
    X509_VERIFY_PARAM_set_purpose(parameters, purpose);
    if (host) X509_VERIFY_PARAM_set1_host(parameters, host, 0);
    const int result =
        X509_verify_cert(context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return result;
}

std::string serial_of(const credential& issued)
{
    const auto certificate = parse(issued.certificate);
    BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr);
    char* const text = BN_bn2hex(number);
    std::string result = text;
    OPENSSL_free(text);
    BN_free(number);
    return result;
}

}  // namespace

TEST_CASE("the engine's certificate verifies for its fixed name and for nothing else")
{
    const auto authority = issue_authority(now);
    const auto engine = issue_leaf(authority, leaf_role::engine, now);
    CHECK(verify(engine, authority, X509_PURPOSE_SSL_SERVER, "gangway-engine", now) == X509_V_OK);
    for (const char* host : {"localhost", "127.0.0.1", "gangway-client", "x.gangway-engine"})
        CHECK(
            verify(engine, authority, X509_PURPOSE_SSL_SERVER, host, now) ==
            X509_V_ERR_HOSTNAME_MISMATCH
        );
    CHECK(
        verify(engine, authority, X509_PURPOSE_SSL_CLIENT, nullptr, now) ==
        X509_V_ERR_INVALID_PURPOSE
    );
}

TEST_CASE("the client's certificate is for clients only")
{
    const auto authority = issue_authority(now);
    const auto client = issue_leaf(authority, leaf_role::client, now);
    CHECK(verify(client, authority, X509_PURPOSE_SSL_CLIENT, nullptr, now) == X509_V_OK);
    CHECK(
        verify(client, authority, X509_PURPOSE_SSL_SERVER, nullptr, now) ==
        X509_V_ERR_INVALID_PURPOSE
    );
}

TEST_CASE("an authority may issue leaves and no further authority")
{
    const auto authority = issue_authority(now);
    const auto certificate = parse(authority.certificate);
    CHECK(X509_check_ca(certificate.get()) == 1);
    CHECK(X509_get_pathlen(certificate.get()) == 0);
    CHECK(X509_get_key_usage(certificate.get()) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    int critical = 0;
    BASIC_CONSTRAINTS_free(static_cast<BASIC_CONSTRAINTS*>(
        X509_get_ext_d2i(certificate.get(), NID_basic_constraints, &critical, nullptr)
    ));
    CHECK(critical == 1);
}

TEST_CASE("keys are on the curve P-256 and serial numbers do not repeat")
{
    const auto authority = issue_authority(now);
    std::set<std::string> serials = {serial_of(authority)};
    for (int count = 0; count < 20; ++count) {
        const auto leaf = issue_leaf(authority, leaf_role::client, now);
        const auto certificate = parse(leaf.certificate);
        const EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
        CHECK(EVP_PKEY_get_bits(key) == 256);
        CHECK(EVP_PKEY_get_base_id(key) == EVP_PKEY_EC);
        serials.insert(serial_of(leaf));
    }
    CHECK(serials.size() == 21);
}

TEST_CASE("a certificate is valid for a clock that lags a day")
{
    const auto authority = issue_authority(now);
    const auto engine = issue_leaf(authority, leaf_role::engine, now);
    const auto check = [&](auto when) {
        return verify(engine, authority, X509_PURPOSE_SSL_SERVER, engine_name, when);
    };
    CHECK(check(now - 24h) == X509_V_OK);
    CHECK(check(now - 24h - 1s) == X509_V_ERR_CERT_NOT_YET_VALID);
    CHECK(check(now + leaf_lifetime - 1s) == X509_V_OK);
    CHECK(check(now + leaf_lifetime) == X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_CASE("an authority outlives every certificate that it may still issue")
{
    const auto authority = issue_authority(now);
    // The last moment at which this authority still issues.
    const auto late = now + authority_lifetime * 2 / 3 - 48h;
    CHECK_FALSE(flaw_of_authority(authority, late));
    const auto leaf = issue_leaf(authority, leaf_role::engine, late);
    CHECK(
        verify(leaf, authority, X509_PURPOSE_SSL_SERVER, engine_name, late + leaf_lifetime - 1s) ==
        X509_V_OK
    );
}

TEST_CASE("a certificate is good until a third of its life is left")
{
    const auto authority = issue_authority(now);
    const auto engine = issue_leaf(authority, leaf_role::engine, now);
    const auto flaw = [&](auto when) {
        return flaw_of_leaf(engine, authority.certificate, leaf_role::engine, when).value_or("");
    };
    const auto whole = leaf_lifetime + backdated_by;
    CHECK(flaw(now) == "");
    CHECK(flaw(now + leaf_lifetime - whole / 3) == "");
    CHECK(flaw(now + leaf_lifetime - whole / 3 + 2s) == "expires on 2029-02-28");
    CHECK(flaw(now + leaf_lifetime) == "expired on 2029-02-28");
    CHECK(flaw(now - 25h) == "is not valid yet: the clock was set back");
}

TEST_CASE("what does not fit together is flawed")
{
    const auto authority = issue_authority(now);
    const auto other_authority = issue_authority(now);
    const auto engine = issue_leaf(authority, leaf_role::engine, now);
    const auto client = issue_leaf(authority, leaf_role::client, now);
    const std::string foreign = "was not issued by this authority for this use";

    const auto of_engine = [&](const std::string& certificate, const std::string& key) {
        return flaw_of_leaf({certificate, key}, authority.certificate, leaf_role::engine, now)
            .value_or("");
    };
    CHECK(of_engine(engine.certificate, engine.key) == "");
    CHECK(of_engine(engine.certificate, client.key) == "does not fit its key");
    CHECK(of_engine(client.certificate, client.key) == foreign);
    CHECK(of_engine(authority.certificate, authority.key) != "");
    CHECK(of_engine("", "") == "is missing or damaged");
    CHECK(of_engine(engine.certificate.substr(0, 200), engine.key) == "is missing or damaged");
    CHECK(of_engine(engine.certificate, engine.key.substr(0, 100)) == "is missing or damaged");
    CHECK(
        flaw_of_leaf(engine, other_authority.certificate, leaf_role::engine, now).value_or("") ==
        foreign
    );

    const auto of_authority = [&](const std::string& certificate, const std::string& key) {
        return flaw_of_authority({certificate, key}, now).value_or("");
    };
    CHECK(of_authority(authority.certificate, authority.key) == "");
    CHECK(of_authority(authority.certificate, other_authority.key) == "does not fit its key");
    CHECK(of_authority(engine.certificate, engine.key) == "is not an authority");
    CHECK(of_authority("not PEM", authority.key) == "is missing or damaged");
}

TEST_CASE("a key with a passphrase counts as damaged and nobody is asked for it")
{
    const auto authority = issue_authority(now);
    BIO* const in = BIO_new_mem_buf(authority.key.data(), static_cast<int>(authority.key.size()));
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
    BIO* const out = BIO_new(BIO_s_mem());
    std::string phrase = "secret";
    REQUIRE(PEM_write_bio_PKCS8PrivateKey(
        out,
        key,
        EVP_aes_256_cbc(),
        phrase.data(),
        static_cast<int>(phrase.size()),
        nullptr,
        nullptr
    ));
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out, &data);
    const std::string encrypted(data, static_cast<std::size_t>(size));
    BIO_free(in);
    BIO_free(out);
    EVP_PKEY_free(key);
    CHECK(
        flaw_of_authority({authority.certificate, encrypted}, now).value_or("") ==
        "is missing or damaged"
    );
}
