package kojiwire

// A daemon that watches a hub keeps many records that contain the same few words. The
// functions here return those words without allocating, and copies of other words.

// internWord returns a word; frequent arches, labels and names are not allocated.
func internWord(b []byte) string {
	switch string(b) {
	case "noarch":
		return "noarch"
	case "x86_64":
		return "x86_64"
	case "i386":
		return "i386"
	case "i686":
		return "i686"
	case "aarch64":
		return "aarch64"
	case "armv7hl":
		return "armv7hl"
	case "ppc64":
		return "ppc64"
	case "ppc64le":
		return "ppc64le"
	case "s390x":
		return "s390x"
	case "riscv64":
		return "riscv64"
	case "src":
		return "src"
	case "nosrc":
		return "nosrc"
	case "srpm":
		return "srpm"
	case "tag":
		return "tag"
	case "image":
		return "image"
	case "default":
		return "default"
	case "createrepo":
		return "createrepo"
	case "maven":
		return "maven"
	case "container":
		return "container"
	case "DEFAULT":
		return "DEFAULT"
	case "kojira":
		return "kojira"
	}
	return string(b)
}

// internType returns the name of a build type; frequent ones are not allocated.
func internType(b []byte) string {
	switch string(b) {
	case "rpm":
		return "rpm"
	case "image":
		return "image"
	case "maven":
		return "maven"
	case "module":
		return "module"
	case "win":
		return "win"
	case "operator-manifests":
		return "operator-manifests"
	case "remote-sources":
		return "remote-sources"
	}
	return string(b)
}
