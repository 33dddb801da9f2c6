# `cpack`: Debian packages of what is installed: `gangway`, and `gangway-image` if the build was told
# where an image is. docs/packages.md says how they behave; scripts/package makes and checks them.
set(packaging ${PROJECT_SOURCE_DIR}/packaging/debian)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gangway)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR Gangway)
# Each package has a description of its own, whose first line is the summary.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)

# One package for each component of install.cmake.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL gangway)
if(GANGWAY_IMAGE_DIR)
    list(APPEND CPACK_COMPONENTS_ALL gangway-image)
endif()
set(CPACK_DEBIAN_GANGWAY_PACKAGE_NAME gangway)
set(CPACK_DEBIAN_GANGWAY-IMAGE_PACKAGE_NAME gangway-image)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(GANGWAY_MAINTAINER "Gangway maintainers <maintainers@gangway.example>" CACHE STRING
    "Who answers for the packages: NAME <ADDRESS>")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${GANGWAY_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)

# The libraries that the programs name, by dpkg-shlibdeps. It does not see libvirt, which the daemon
# loads when it needs it, nor what libvirt and the daemon run: libvirt's daemon with its driver for
# QEMU, QEMU, and the tools for disks (debugfs, mke2fs) and ssh.
set(CPACK_DEBIAN_GANGWAY_PACKAGE_SHLIBDEPS ON)
string(JOIN ", " CPACK_DEBIAN_GANGWAY_PACKAGE_DEPENDS
    "libvirt0 (>= 9.0)" libvirt-daemon libvirt-daemon-driver-qemu "qemu-system-x86 (>= 1:7.2)"
    seabios ipxe-qemu e2fsprogs openssh-client curl libarchive-tools)
set(CPACK_DEBIAN_GANGWAY_PACKAGE_RECOMMENDS "gangway-image, docker-cli | docker.io | docker-ce-cli")
# What appliance/build needs, for those who make the image themselves.
string(JOIN ", " CPACK_DEBIAN_GANGWAY_PACKAGE_SUGGESTS
    mmdebstrap squashfs-tools xorriso isolinux syslinux-common cpio xz-utils uidmap)
set(CPACK_DEBIAN_GANGWAY_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_GANGWAY_PACKAGE_CONTROL_EXTRA
    ${packaging}/postinst ${packaging}/prerm ${packaging}/postrm)
set(CPACK_DEBIAN_GANGWAY_DESCRIPTION
"Docker engine in a VM that feels like a local one
Docker clients talk to a local socket. The daemon gangwayd starts a virtual
machine when the first call needs it, passes the Docker API on to the engine
in it, shares directories and ports, and puts the machine to sleep when nobody
uses it. The command gangway shows and controls what it does.")

# Debian's kernel and programs, for one processor architecture, but nothing that is linked here.
set(CPACK_DEBIAN_GANGWAY-IMAGE_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_GANGWAY-IMAGE_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_GANGWAY-IMAGE_PACKAGE_ENHANCES gangway)
set(CPACK_DEBIAN_GANGWAY-IMAGE_DESCRIPTION
"virtual machine image for gangway
The kernel, the initrd and the read-only root image of the virtual machine in
which gangway runs the Docker engine, and the same as a bootable ISO image.
They are made from Debian packages, whose versions are in
/usr/share/gangway/images/manifest.json.")

# What Debian wants to find in a package and an ordinary installation does not have.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian_files.cmake)
set(CPACK_GANGWAY_PACKAGING ${packaging})
include(CPack)
