// On OpenSSL.
#include "gangway/sha256.hpp"

#include "gangway/failure.hpp"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>

namespace gangway {
namespace {

constexpr std::size_t chunk_size = std::size_t{1024} * 1024;

class digest {
public:
    digest()
    {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
            throw failure("OpenSSL cannot make a SHA-256 digest");
    }

    void add(std::string_view bytes)
    {
        EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    }

    std::string hex()
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        for (unsigned i = 0; i < size; ++i) {
            text += digits[bytes.at(i) >> 4U];
            text += digits[bytes.at(i) & 15U];
        }
        return text;
    }

private:
    struct release {
        void operator()(EVP_MD_CTX* done) const { EVP_MD_CTX_free(done); }
    };

    std::unique_ptr<EVP_MD_CTX, release> context_{EVP_MD_CTX_new()};
};

}  // namespace

std::string sha256_of(std::string_view text)
{
    digest all;
    all.add(text);
    return all.hex();
}

std::optional<std::string> sha256_of_file(const std::filesystem::path& file)
{
    digest all;
    std::ifstream stream(file, std::ios::binary);
    std::string chunk(chunk_size, '\0');
    while (stream) {
        stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        all.add({chunk.data(), static_cast<std::size_t>(stream.gcount())});
    }
    if (!stream.eof()) return std::nullopt;
    return all.hex();
}

}  // namespace gangway
