# Run by cpack when the packages' files are in place and not packed yet: adds what Debian's policy asks
# of every package (copyright, changelog, compressed manual pages) and lintian's overrides.
foreach(package ${CPACK_COMPONENTS_ALL})
    set(top ${CPACK_TEMPORARY_DIRECTORY}/${package})
    set(share ${top}/usr/share)
    # The text of the licence is on every Debian system; the file copyright says where.
    file(REMOVE ${share}/doc/gangway/LICENSE)
    configure_file(${CPACK_GANGWAY_PACKAGING}/${package}.copyright
        ${share}/doc/${package}/copyright COPYONLY)
    file(READ ${CPACK_GANGWAY_PACKAGING}/changelog changelog)
    string(REGEX REPLACE "(^|\n)gangway " "\\1${package} " changelog "${changelog}")
    file(WRITE ${share}/doc/${package}/changelog.Debian "${changelog}")
    if(EXISTS ${CPACK_GANGWAY_PACKAGING}/${package}.lintian-overrides)
        configure_file(${CPACK_GANGWAY_PACKAGING}/${package}.lintian-overrides
            ${share}/lintian/overrides/${package} COPYONLY)
    endif()
    file(GLOB plain ${share}/man/man*/*.[1-9] ${share}/doc/${package}/changelog.Debian)
    execute_process(COMMAND gzip --best --no-name --force ${plain} COMMAND_ERROR_IS_FATAL ANY)
    # Whatever the umask is, and whatever modes the sources have in somebody's clone.
    execute_process(COMMAND chmod --recursive u=rwX,go=rX ${top} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
