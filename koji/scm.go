package koji

import "strings"

// Koji's format for the URL of a source in an SCM:
//
//	scheme://[user[:password]@]host/repository/path[?module][#revision]
//
// The module is a directory inside the repository. Source: koji.daemon.SCM.

// CleanSource removes credentials from a source: user names, passwords and tokens in
// front of the host, and parameters that are named like secrets. It returns a source
// RPM's path, or a URL without credentials, unchanged.
//
// If a malformed URL does not allow to distinguish a password from a path, it removes
// both.
func CleanSource(source string) string {
	return cleanModule(cleanUser(strings.TrimSpace(source)))
}

// cleanUser removes user and password before the host.
func cleanUser(source string) string {
	at := strings.LastIndexByte(source, '@')
	if at < 0 {
		return source
	}
	scheme := strings.Index(source, "://")
	if scheme < 0 || !isScheme(source[:scheme]) {
		return cleanSchemeless(source, at)
	}
	start := scheme + len("://")
	if !userBefore(source[start:], at-start) {
		return source
	}
	return source[:start] + source[at+1:]
}

// isScheme reports whether a text is the scheme of an SCM URL. Any other text before ://
// may be a user and the beginning of a password.
func isScheme(text string) bool {
	for part := range strings.SplitSeq(strings.ToLower(text), "+") {
		switch part {
		case "git", "svn", "cvs", "hg", "bzr", "http", "https", "ssh", "rsync", "ftp", "ftps", "file":
		default:
			return false
		}
	}
	return true
}

// userBefore reports whether the last @ in the rest of a URL, after the scheme, ends a
// user name or password rather than being part of a path or revision.
func userBefore(rest string, at int) bool {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 || at < end {
		return true
	}
	// The @ follows the first slash. If there is an @ or a colon before the slash,
	// the password may contain a slash. Removing part of a path is better than
	// leaking a password.
	host := rest[:end]
	if strings.ContainsAny(host, "@:") || strings.Contains(rest[:at], "://") {
		return true
	}
	return strings.IndexByte(host, '.') < 0 && strings.IndexByte(hostOf(rest[at+1:]), '.') > 0
}

// hostOf returns the beginning of a text that would be a host name.
func hostOf(text string) string {
	if end := strings.IndexAny(text, ":/?#"); end >= 0 {
		return text[:end]
	}
	return text
}

// cleanSchemeless removes the user from an address without a scheme, such as those of
// ssh and malformed URLs. It keeps an @ in a path.
func cleanSchemeless(source string, at int) string {
	before := source[:at]
	if strings.IndexByte(before, ':') < 0 && strings.IndexByte(before, '/') >= 0 {
		return source
	}
	return source[at+1:]
}

// cleanModule removes the module if it is a parameter named like a secret.
func cleanModule(source string) string {
	start := strings.IndexByte(source, '?')
	if start < 0 || strings.IndexByte(source[start:], '=') < 0 {
		return source
	}
	end := len(source)
	if hash := strings.IndexByte(source[start:], '#'); hash >= 0 {
		end = start + hash
	}
	module := strings.ToLower(source[start:end])
	for _, word := range [...]string{"token", "secret", "passw", "passphrase", "pwd", "key", "auth", "credential", "signature"} {
		if strings.Contains(module, word) {
			return source[:start] + source[end:]
		}
	}
	return source
}

// gitHash returns the revision of a source if it is a full git hash.
func gitHash(source string) string {
	hash := source[strings.LastIndexByte(source, '#')+1:]
	if len(hash) == len(source) || len(hash) != 40 && len(hash) != 64 {
		return ""
	}
	for i := range len(hash) {
		c := hash[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return ""
		}
	}
	return hash
}
