// Certificates for mutual TLS, made with the openssl program.
#include "tests/support/test_pki.hpp"

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <string>

namespace test_support {
namespace {

constexpr auto openssl_configuration = R"(
[req]
distinguished_name = name
prompt = no
[name]
CN = gangway test
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
[client]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = clientAuth
)";

class authority {
public:
    authority(const std::filesystem::path& directory, const std::filesystem::path& configuration)
        : configuration_(configuration),
          certificate_(directory / "ca.pem"),
          key_(directory / "ca-key.pem")
    {
        std::filesystem::create_directories(directory);
        make("authority", certificate_, key_, {});
    }

    void issue(const std::filesystem::path& directory, const std::string& role) const
    {
        std::filesystem::create_directories(directory);
        make(
            role,
            directory / "cert.pem",
            directory / "key.pem",
            {"-CA", certificate_.string(), "-CAkey", key_.string()}
        );
        trust(directory);
    }

    void trust(const std::filesystem::path& directory) const
    {
        std::filesystem::copy_file(
            certificate_, directory / "ca.pem", std::filesystem::copy_options::overwrite_existing
        );
    }

private:
    void make(
        const std::string& extensions,
        const std::filesystem::path& certificate,
        const std::filesystem::path& key,
        const std::vector<std::string>& signer
    ) const
    {
        std::vector<std::string> command{
            "openssl",
            "req",
            "-x509",
            "-config",
            configuration_.string(),
            "-extensions",
            extensions,
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-keyout",
            key.string(),
            "-out",
            certificate.string()};
        command.insert(command.end(), signer.begin(), signer.end());
        run_checked({.arguments = std::move(command)});
    }

    std::filesystem::path configuration_;
    std::filesystem::path certificate_;
    std::filesystem::path key_;
};

}  // namespace

test_pki test_pki_in(const std::filesystem::path& directory)
{
    return {
        .engine = directory / "engine",
        .client = directory / "client",
        .stranger = directory / "stranger",
        .distrust = directory / "distrust",
    };
}

test_pki make_test_pki(const std::filesystem::path& directory)
{
    const auto configuration = directory / "openssl.cnf";
    write_file(configuration, openssl_configuration);
    const authority ours(directory / "ca", configuration);
    const authority other(directory / "other-ca", configuration);
    const auto pki = test_pki_in(directory);
    ours.issue(pki.engine, "server");
    ours.issue(pki.client, "client");
    other.issue(pki.stranger, "client");
    ours.trust(pki.stranger);
    ours.issue(pki.distrust, "client");
    other.trust(pki.distrust);
    return pki;
}

}  // namespace test_support
