// How containers are made for streams spoken by hand.
#include "tests/conformance/attached.hpp"

#include "tests/integration/http_text.hpp"

#include <stdexcept>

namespace conformance {

using namespace integration;

std::string create_with_input(const scene& scene, const std::string& script)
{
    return scene.direct().text({"create", "-i", "--network", "none", "busybox", "sh", "-c", script}
    );
}

std::string run_with_input(const scene& scene, const std::string& script)
{
    return scene.direct().text(
        {"run", "-d", "-i", "--network", "none", "busybox", "sh", "-c", script}
    );
}

void start(const scene& scene, const std::string& container)
{
    auto connection = scene.connect();
    connection.send(last_request("POST /containers/" + container + "/start"));
    const auto status = receive_response(connection).status();
    if (status != 204) throw std::runtime_error("start: " + std::to_string(status));
}

std::string attach_path(const std::string& container)
{
    return "/containers/" + container + "/attach?stream=1&stdin=1&stdout=1&stderr=1";
}

raw_client attach(const scene& scene, const std::string& container, std::string_view headers)
{
    auto connection = scene.connect();
    connection.send(request("POST " + attach_path(container), headers));
    return connection;
}

std::string create_exec(const scene& scene, const std::string& container, const std::string& script)
{
    auto connection = scene.connect_directly();
    connection.send(request(
        "POST /containers/" + container + "/exec",
        "",
        R"({"AttachStdin":true,"AttachStdout":true,"AttachStderr":true,"Cmd":["sh","-c",")" +
            script + "\"]}"
    ));
    const auto created = receive_response(connection).body;
    if (!created.starts_with("{\"Id\":\"")) throw std::runtime_error("exec: " + created);
    return created.substr(7, 64);
}

}  // namespace conformance
