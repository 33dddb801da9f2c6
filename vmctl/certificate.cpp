// Certificates by OpenSSL 3. A handle becomes a value at this file's border.
#include "vmctl/certificate.hpp"

#include "vmctl/pki.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>
#include <string_view>

namespace vmctl {
namespace {

using time_point = certificate_clock::time_point;

struct release {
    void operator()(BIO* bio) const { BIO_free(bio); }

    void operator()(BIGNUM* number) const { BN_free(number); }

    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

    void operator()(X509* certificate) const { X509_free(certificate); }

    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }

    void operator()(X509_STORE* store) const { X509_STORE_free(store); }

    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
template <class Handle>
using owned = std::unique_ptr<Handle, release>;

[[noreturn]] void throw_last_error(const char* doing)
{
    std::array<char, 256> text = {};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    throw storage_error(std::string("cannot ") + doing + ": " + text.data());
}

void require(bool done, const char* doing)
{
    if (!done) throw_last_error(doing);
}

owned<BIO> reader_of(const std::string& text)
{
    owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    require(bio != nullptr, "read PEM");
    return bio;
}

// Null: damaged. An encrypted key counts as damaged; without this OpenSSL asks on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/)
{
    return -1;
}

owned<X509> parse_certificate(const std::string& pem)
{
    owned<X509> certificate(PEM_read_bio_X509(reader_of(pem).get(), nullptr, no_passphrase, nullptr)
    );
    ERR_clear_error();
    return certificate;
}

owned<EVP_PKEY> parse_key(const std::string& pem)
{
    owned<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, no_passphrase, nullptr)
    );
    ERR_clear_error();
    return key;
}

std::string text_of(BIO* bio)
{
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

credential to_pem(X509* certificate, EVP_PKEY* key)
{
    const owned<BIO> certificate_text(BIO_new(BIO_s_mem()));
    const owned<BIO> key_text(BIO_new(BIO_s_mem()));
    require(
        certificate_text && key_text && PEM_write_bio_X509(certificate_text.get(), certificate) &&
            PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr),
        "write PEM"
    );
    return {text_of(certificate_text.get()), text_of(key_text.get())};
}

void set_random_serial(X509* certificate)
{
    // Positive and at most 20 octets (RFC 5280, 4.1.2.2).
    const owned<BIGNUM> number(BN_new());
    require(
        number && BN_rand(number.get(), 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
            BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)),
        "choose a serial number"
    );
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value)
{
    X509V3_CTX context = {};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const owned<X509_EXTENSION> extension(X509V3_EXT_nconf_nid(nullptr, &context, nid, value));
    require(extension && X509_add_ext(certificate, extension.get(), -1), "extend a certificate");
}

// A certificate for `key`, complete but for its extensions and signature. Null issuer: itself.
owned<X509> draft(
    EVP_PKEY* key,
    X509* issuer,
    const char* common_name,
    time_point now,
    std::chrono::hours lifetime
)
{
    owned<X509> certificate(X509_new());
    require(
        certificate && X509_set_version(certificate.get(), X509_VERSION_3), "make a certificate"
    );
    set_random_serial(certificate.get());
    const auto from = certificate_clock::to_time_t(now - backdated_by);
    const auto until = certificate_clock::to_time_t(now + lifetime);
    require(
        ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from) &&
            ASN1_TIME_set(X509_getm_notAfter(certificate.get()), until),
        "date a certificate"
    );
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    for (const auto& [field, value] : {std::pair("O", "Gangway"), std::pair("CN", common_name)}) {
        std::array<unsigned char, 64> bytes = {};
        const std::string_view text = value;
        std::copy(text.begin(), text.end(), bytes.begin());
        require(
            X509_NAME_add_entry_by_txt(
                subject, field, MBSTRING_ASC, bytes.data(), static_cast<int>(text.size()), -1, 0
            ),
            "name a certificate"
        );
    }
    require(
        X509_set_issuer_name(certificate.get(), issuer ? X509_get_subject_name(issuer) : subject) &&
            X509_set_pubkey(certificate.get(), key),
        "make a certificate"
    );
    return certificate;
}

owned<EVP_PKEY> new_key()
{
    owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    require(key != nullptr, "make a key");
    return key;
}

time_point to_time_point(const ASN1_TIME* time)
{
    std::tm parts = {};
    require(ASN1_TIME_to_tm(time, &parts), "read a certificate's date");
    const auto day = std::chrono::year(parts.tm_year + 1900) / (parts.tm_mon + 1) / parts.tm_mday;
    return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
           std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

std::optional<std::string> flaw_of_dates(X509* certificate, time_point now)
{
    const auto from = to_time_point(X509_get0_notBefore(certificate));
    const auto until = to_time_point(X509_get0_notAfter(certificate));
    if (now < from) return "is not valid yet: the clock was set back";
    if (until - now >= (until - from) / 3) return std::nullopt;
    std::tm parts = {};
    require(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts), "read a certificate's date");
    std::array<char, 16> date = {};
    const auto size = std::strftime(date.data(), date.size(), "%Y-%m-%d", &parts);
    return (now < until ? "expires on " : "expired on ") + std::string(date.data(), size);
}

bool verifies(X509* leaf, X509* authority, leaf_role role, time_point now)
{
    const owned<X509_STORE> store(X509_STORE_new());
    const owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
    require(
        store && context && X509_STORE_add_cert(store.get(), authority) &&
            X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr),
        "verify a certificate"
    );
    X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, certificate_clock::to_time_t(now));
    const bool is_engine = role == leaf_role::engine;
    require(
        X509_VERIFY_PARAM_set_purpose(
            parameters, is_engine ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT
        ) && (!is_engine || X509_VERIFY_PARAM_set1_host(parameters, engine_name, 0)),
        "verify a certificate"
    );
    const bool good = X509_verify_cert(context.get()) == 1;
    ERR_clear_error();
    return good;
}

bool fits(X509* certificate, EVP_PKEY* key)
{
    const bool result = X509_check_private_key(certificate, key) == 1;
    ERR_clear_error();
    return result;
}

}  // namespace

credential issue_authority(time_point now)
{
    const auto key = new_key();
    const auto certificate = draft(key.get(), nullptr, "Gangway CA", now, authority_lifetime);
    X509* const self = certificate.get();
    add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(self, self, NID_subject_key_identifier, "hash");
    require(X509_sign(self, key.get(), EVP_sha256()) > 0, "sign a certificate");
    return to_pem(self, key.get());
}

credential issue_leaf(const credential& authority, leaf_role role, time_point now)
{
    const auto issuer = parse_certificate(authority.certificate);
    const auto issuer_key = parse_key(authority.key);
    if (!issuer || !issuer_key) throw storage_error("cannot sign a certificate: no authority");
    const bool is_engine = role == leaf_role::engine;
    const auto key = new_key();
    const auto certificate = draft(
        key.get(), issuer.get(), is_engine ? engine_name : "gangway-client", now, leaf_lifetime
    );
    X509* const self = certificate.get();
    add_extension(self, issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(self, issuer.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(self, issuer.get(), NID_ext_key_usage, is_engine ? "serverAuth" : "clientAuth");
    if (is_engine) {
        const auto name = std::string("DNS:") + engine_name;
        add_extension(self, issuer.get(), NID_subject_alt_name, name.c_str());
    }
    add_extension(self, issuer.get(), NID_subject_key_identifier, "hash");
    add_extension(self, issuer.get(), NID_authority_key_identifier, "keyid:always");
    require(X509_sign(self, issuer_key.get(), EVP_sha256()) > 0, "sign a certificate");
    return to_pem(self, key.get());
}

bool is_certificate(const std::string& pem)
{
    return parse_certificate(pem) != nullptr;
}

std::optional<std::string> flaw_of_authority(const credential& authority, time_point now)
{
    const auto certificate = parse_certificate(authority.certificate);
    const auto key = parse_key(authority.key);
    if (!certificate || !key) return "is missing or damaged";
    if (!fits(certificate.get(), key.get())) return "does not fit its key";
    const bool signed_itself = X509_verify(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!signed_itself || X509_check_ca(certificate.get()) != 1) return "is not an authority";
    return flaw_of_dates(certificate.get(), now);
}

std::optional<std::string> flaw_of_leaf(
    const credential& leaf, const std::string& authority_certificate, leaf_role role, time_point now
)
{
    const auto certificate = parse_certificate(leaf.certificate);
    const auto key = parse_key(leaf.key);
    if (!certificate || !key) return "is missing or damaged";
    if (!fits(certificate.get(), key.get())) return "does not fit its key";
    if (auto flaw = flaw_of_dates(certificate.get(), now)) return flaw;
    const auto authority = parse_certificate(authority_certificate);
    if (!authority || !verifies(certificate.get(), authority.get(), role, now))
        return "was not issued by this authority for this use";
    return std::nullopt;
}

}  // namespace vmctl
