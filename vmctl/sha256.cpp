// On OpenSSL.
#include "vmctl/sha256.hpp"

#include "vmctl/storage_error.hpp"

#include <openssl/evp.h>

#include <array>
#include <fstream>

namespace vmctl {

struct sha256::state {
    struct release {
        void operator()(EVP_MD_CTX* done) const { EVP_MD_CTX_free(done); }
    };

    std::unique_ptr<EVP_MD_CTX, release> context{EVP_MD_CTX_new()};
};

sha256::sha256() : state_(std::make_unique<state>())
{
    if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1)
        throw storage_error("cannot compute a sha256");
}

sha256::~sha256() = default;

void sha256::add(std::string_view bytes)
{
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

std::string sha256::hex()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned size = 0;
    EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned index = 0; index < size; ++index) {
        text += digits[digest[index] / 16U];
        text += digits[digest[index] % 16U];
    }
    return text;
}

std::string sha256_of(const std::filesystem::path& file)
{
    sha256 digest;
    std::ifstream stream(file, std::ios::binary);
    std::string chunk(1024UL * 1024, '\0');
    while (stream) {
        stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        digest.add({chunk.data(), static_cast<std::size_t>(stream.gcount())});
    }
    if (!stream.eof()) throw storage_error("cannot read " + file.string());
    return digest.hex();
}

}  // namespace vmctl
