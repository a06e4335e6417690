package kerberos

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// ccacheName returns the name of the credential cache.
func (k *Client) ccacheName(conf *krb5Conf) string {
	for _, name := range []string{k.CCache, k.env("KRB5CCNAME"), expandCCacheName(conf.ccacheName)} {
		if name != "" {
			return name
		}
	}
	return "FILE:/tmp/krb5cc_" + strconv.Itoa(os.Getuid())
}

// expandCCacheName replaces the variables in default_ccache_name.
func expandCCacheName(name string) string {
	if !strings.Contains(name, "%{") {
		return name
	}
	var username string
	if u, err := user.Current(); err == nil {
		username = u.Username
	}
	return strings.NewReplacer(
		"%{uid}", strconv.Itoa(os.Getuid()),
		"%{USERID}", strconv.Itoa(os.Getuid()),
		"%{euid}", strconv.Itoa(os.Geteuid()),
		"%{username}", username,
		"%{TEMP}", os.TempDir(),
		"%{null}", "",
	).Replace(name)
}

// ccachePath returns the file of a credential cache.
func ccachePath(name string) (string, error) {
	kind, rest, typed := strings.Cut(name, ":")
	if !typed || strings.Contains(kind, "/") {
		return name, nil
	}
	switch kind {
	case "FILE":
		return rest, nil
	case "DIR":
		return ccacheInDir(rest)
	}
	return "", fmt.Errorf("credential cache %s is of type %s, which only the system's Kerberos library can read: "+
		"use a keytab, or get a ticket into a file (kinit -c FILE:/path/to/cache) and name that file "+
		"(KRB5CCNAME=FILE:/path/to/cache)", printable.Line(name, 200), printable.Line(kind, 20))
}

// ccacheInDir returns the primary cache of a directory or, if name begins with a colon,
// the cache that it names.
func ccacheInDir(name string) (string, error) {
	if path, ok := strings.CutPrefix(name, ":"); ok {
		return path, nil
	}
	file := "tkt"
	data, err := readConfFile(filepath.Join(name, "primary"))
	switch {
	case err == nil:
		file, _, _ = strings.Cut(string(data), "\n")
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("credential cache DIR:%s: %w", name, err)
	}
	if !strings.HasPrefix(file, "tkt") || strings.ContainsAny(file, "/\x00") {
		return "", fmt.Errorf("credential cache DIR:%s: its file primary names no cache (tkt…)", name)
	}
	return filepath.Join(name, file), nil
}
