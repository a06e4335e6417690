package kerberos

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// krb5Line is one setting of krb5.conf.
type krb5Line struct {
	section string // libdefaults
	block   string // the name of the enclosing block, if any
	name    string
	value   string
}

func (l krb5Line) key() string { return l.section + "\x00" + l.block + "\x00" + l.name }

// defaultKrb5Conf is the usual path of krb5.conf.
const defaultKrb5Conf = "/etc/krb5.conf"

// readConf reads the configuration. A missing default file is not an error, because
// realms and KDCs may be found by DNS.
func (k *Client) readConf() (*krb5Conf, error) {
	names := k.Config
	if names == "" {
		names = k.env("KRB5_CONFIG")
	}
	given := names != ""
	if !given {
		names = defaultKrb5Conf
	}
	var r krb5Reader
	var missing []error
	for path := range strings.SplitSeq(names, ":") {
		if path == "" {
			continue
		}
		err := r.file(path, 0)
		if errors.Is(err, os.ErrNotExist) {
			missing = append(missing, err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("krb5.conf: %w", err)
		}
	}
	if given && r.files == 0 {
		return nil, fmt.Errorf("krb5.conf: %w", errors.Join(missing...))
	}
	return newKrb5Conf(r.lines), nil
}

// krb5Reader collects the settings of krb5.conf and included files.
type krb5Reader struct {
	lines []krb5Line
	files int
}

const (
	maxKrb5Includes = 10  // levels of includes
	maxKrb5Files    = 500 // in total
)

// file reads one file.
func (r *krb5Reader) file(path string, depth int) error {
	if r.files++; depth > maxKrb5Includes || r.files > maxKrb5Files {
		return fmt.Errorf("%s: too many includes", path)
	}
	data, err := readConfFile(path)
	if err != nil {
		r.files--
		return err
	}
	return r.text(string(data), depth)
}

// text reads the settings of one file.
func (r *krb5Reader) text(data string, depth int) error {
	var section, block string
	braces := 0
	for line := range strings.Lines(data) {
		if done, err := r.include(line, depth); done || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			section, _, _ = strings.Cut(line[1:], "]")
			block, braces = "", 0
		case line[0] == '}':
			if braces > 0 {
				braces--
			}
			if braces == 0 {
				block = ""
			}
		default:
			name, value, ok := setting(line)
			switch {
			case !ok:
			case value == "{":
				if braces++; braces == 1 {
					block = name
				}
			case braces <= 1:
				r.lines = append(r.lines, krb5Line{section, block, name, value})
			}
		}
	}
	return nil
}

// setting splits a line into name and value.
func setting(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, "=")
	name = strings.TrimSuffix(strings.TrimSpace(name), "*")
	value = strings.TrimSpace(value)
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return name, value, ok && name != ""
}

// include follows an include or includedir at the beginning of a line. A missing file or
// directory is not an error: a distribution's krb5.conf names directories to which
// packages may add files.
func (r *krb5Reader) include(line string, depth int) (bool, error) {
	word, path, _ := strings.Cut(strings.TrimRight(line, " \t\r\n"), " ")
	path = strings.TrimSpace(path)
	var err error
	switch word {
	case "include":
		err = r.file(path, depth+1)
	case "includedir":
		err = r.dir(path, depth)
	case "module":
	default:
		return false, nil
	}
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return true, err
}

// dir reads the files of a directory, sorted by name.
func (r *krb5Reader) dir(path string, depth int) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	for _, e := range entries {
		if !included(e.Name()) {
			continue
		}
		if err := r.file(filepath.Join(path, e.Name()), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// included is MIT's rule for the files of a directory: the name consists of letters,
// digits, dashes and underscores, or it ends in .conf and is not hidden.
func included(name string) bool {
	if strings.HasSuffix(name, ".conf") && name[0] != '.' {
		return true
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

func readConfFile(path string) ([]byte, error) {
	const limit = 1 << 20
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory", path)
	case info.Size() > limit:
		return nil, fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	return os.ReadFile(path)
}
