// Dates are compared as times, so that a clock that is wrong shows, too.
#include "gangway/doctor_certificates.hpp"

#include "gangway/doctor_advice.hpp"
#include "gangway/others_read.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <system_error>

namespace gangway {
namespace {

namespace fs = std::filesystem;
using std::chrono::sys_seconds;

// "2026-11-28".
std::string date_text(sys_seconds time)
{
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
    char text[32];
    std::snprintf(
        text,
        sizeof text,
        "%04d-%02u-%02u",
        static_cast<int>(day.year()),
        static_cast<unsigned>(day.month()),
        static_cast<unsigned>(day.day())
    );
    return text;
}

std::optional<sys_seconds> time_of(const ASN1_TIME* written)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(written, &parts) != 1) return std::nullopt;
    const auto day = std::chrono::year(parts.tm_year + 1900) /
                     std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) /
                     std::chrono::day(static_cast<unsigned>(parts.tm_mday));
    if (!day.ok()) return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
           std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

std::optional<certificate_facts::validity> validity_of(const fs::path& file)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_file(file.string().c_str(), "r"), &BIO_free
    );
    if (!bio) return std::nullopt;
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free
    );
    if (!certificate) return std::nullopt;
    const auto from = time_of(X509_get0_notBefore(certificate.get()));
    const auto until = time_of(X509_get0_notAfter(certificate.get()));
    if (!from || !until) return std::nullopt;
    return certificate_facts::validity{*from, *until};
}

certificate_facts look(const fs::path& file, const fs::path& key)
{
    certificate_facts facts{file, false, {}, key, false};
    std::error_code error;
    facts.exists = fs::exists(file, error);
    if (facts.exists) facts.valid = validity_of(file);
    facts.key_is_open = !key.empty() && others_may_read(key);
    return facts;
}

}  // namespace

finding judge_certificates(const std::vector<certificate_facts>& all, bool ours, sys_seconds now)
{
    const std::string check = "certificates";
    const bool none = std::ranges::none_of(all, &certificate_facts::exists);
    if (none && ours)
        return {check, verdict::ok, "none yet: the first start of the VM makes them", {}};
    const std::string renew = ours ? "`gangway restart` makes what is missing or expired"
                                   : "get new ones from whoever runs that engine";
    std::string open_keys;
    auto until = sys_seconds::max();
    for (const auto& each : all) {
        const auto file = each.file.string();
        if (!each.exists) return {check, verdict::wrong, file + " is missing", renew};
        if (!each.valid) return {check, verdict::wrong, file + " is no certificate", renew};
        if (each.valid->from > now)
            return {
                check,
                verdict::wrong,
                file + " is valid from " + date_text(each.valid->from) +
                    " on, and this machine's "
                    "clock says " +
                    date_text(now),
                "set the clock (`" + command_to_set_clock() + "`)"};
        if (each.valid->until <= now)
            return {
                check,
                verdict::wrong,
                file + " has expired on " + date_text(each.valid->until),
                renew};
        if (each.key_is_open) open_keys += (open_keys.empty() ? "" : " ") + each.key.string();
        until = std::min(until, each.valid->until);
    }
    if (!open_keys.empty())
        return {
            check,
            verdict::warning,
            "other users may read the keys to the engine: " + open_keys,
            advice_to_hide(open_keys)};
    return {check, verdict::ok, "valid until " + date_text(until), {}};
}

std::vector<certificate_facts> look_at_own_certificates(const fs::path& state_dir)
{
    const auto pki = state_dir / "pki";
    return {
        look(pki / "ca.pem", pki / "ca-key.pem"),
        look(pki / "server.pem", pki / "server-key.pem"),
        look(pki / "cert.pem", pki / "key.pem"),
    };
}

std::vector<certificate_facts> look_at_given_certificates(const fs::path& directory)
{
    return {
        look(directory / "ca.pem", {}),
        look(directory / "cert.pem", directory / "key.pem"),
    };
}

}  // namespace gangway
