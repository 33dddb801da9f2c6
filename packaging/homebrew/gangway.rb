# Homebrew's formula. Not run so far: docs/packages.md.
#
# From a clone, since there is no published archive to name with its checksum yet:
#   brew install --HEAD --formula packaging/homebrew/gangway.rb
class Gangway < Formula
  desc "Docker engine in a VM that feels like a local one"
  homepage "https://gangway.example"
  license "Apache-2.0"
  # The clone that this file is in.
  head "file://#{File.expand_path("../..", __dir__)}", using: :git, branch: "main"

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "nlohmann-json" => :build
  depends_on "pkgconf" => :build
  depends_on "boost"
  depends_on "e2fsprogs"
  depends_on "fmt"
  depends_on "libvirt"
  depends_on "openssl@3"
  depends_on "qemu"
  depends_on "spdlog"
  depends_on "zstd"

  def install
    # The tests want Catch2 2, which Homebrew has not.
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DBUILD_TESTING=OFF", *std_cmake_args
    system "cmake", "--build", "build", "--target", "gangwayd", "gangway"
    system "cmake", "--install", "build"
  end

  # launchd hands the socket over by name, which a `service do` block of Homebrew's cannot be told in
  # this form; the property list of docs/services.md can.
  def caveats
    <<~TEXT
      To start the daemon with the first connection:
        mkdir -p -m 700 ~/.local/state/gangway/default/run
        sed "s|HOME_DIRECTORY|$HOME|" #{opt_pkgshare}/org.gangway.gangwayd.plist \\
            > ~/Library/LaunchAgents/org.gangway.gangwayd.plist
        launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/org.gangway.gangwayd.plist
        export DOCKER_HOST=unix://$HOME/.local/state/gangway/default/run/docker.sock

      The daemon runs debugfs and mke2fs, which Homebrew does not link:
        export PATH="#{Formula["e2fsprogs"].opt_sbin}:$PATH"

      The VM's image is made on Debian (appliance/build); copy its directory to
        ~/.local/share/gangway/images
    TEXT
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/gangway --version") unless build.head?
    system bin/"gangwayd", "--print-config"
    assert_match "complete", shell_output("#{bin}/gangway completion bash")
  end
end
