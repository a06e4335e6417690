package profile

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	defaultServer = "http://localhost/kojihub"
	defaultWebURL = "http://localhost/koji"
)

// setter stores an expanded value in the field of its key.
type setter func(value string) error

// keys maps every key of Koji to the setter of its field.
func (p *Profile) keys() map[string]setter {
	return map[string]setter{
		"server":                 text(&p.Server),
		"weburl":                 text(&p.WebURL),
		"topurl":                 text(&p.TopURL),
		"pkgurl":                 text(&p.PkgURL),
		"topdir":                 text(&p.TopDir),
		"max_retries":            number(&p.MaxRetries),
		"retry_interval":         seconds(&p.RetryInterval),
		"anon_retry":             boolean(&p.AnonRetry),
		"offline_retry":          boolean(&p.OfflineRetry),
		"offline_retry_interval": seconds(&p.OfflineRetryInterval),
		"timeout":                seconds(&p.Timeout),
		"auth_timeout":           seconds(&p.AuthTimeout),
		"poll_interval":          seconds(&p.PollInterval),
		"principal":              text(&p.Principal),
		"keytab":                 text(&p.Keytab),
		"cert":                   text(&p.Cert),
		"serverca":               text(&p.ServerCA),
		"no_ssl_verify":          truthy(&p.NoSSLVerify),
		"authtype":               text(&p.AuthType),
		"force_auth":             boolean(&p.ForceAuth),
		"use_fast_upload":        boolean(&p.UseFastUpload),
		"upload_blocksize":       number(&p.UploadBlocksize),
		"debug":                  boolean(&p.Debug),
		"debug_xmlrpc":           boolean(&p.DebugXMLRPC),
		"pyver":                  number(&p.PyVer),
		"plugin_paths":           text(&p.PluginPaths),
	}
}

// isKey reports whether an option is a key of Koji. Errors do not quote the values of
// other options.
func isKey(name string) bool {
	_, ok := new(Profile).keys()[name]
	return ok
}

func defaults(name string) Profile {
	return Profile{
		Name:                 name,
		Server:               defaultServer,
		WebURL:               defaultWebURL,
		TopDir:               "/mnt/koji",
		MaxRetries:           30,
		RetryInterval:        20 * time.Second,
		OfflineRetryInterval: 20 * time.Second,
		Timeout:              12 * time.Hour,
		AuthTimeout:          60 * time.Second,
		PollInterval:         6 * time.Second,
		UseFastUpload:        true,
		UploadBlocksize:      1 << 20,
		sources:              map[string]Position{},
	}
}

// decode makes a Profile from a section. Other options are expanded, too, to find their
// mistakes: Koji fails on these as well.
func decode(v *view, h home) (Profile, error) {
	p := defaults(v.section)
	set := p.keys()
	for _, key := range v.keys() {
		value, err := v.expand(key)
		if err != nil {
			return Profile{}, err
		}
		option, _ := v.option(key)
		p.sources[key] = option.at
		if set[key] == nil {
			continue
		}
		if err := set[key](value); err != nil {
			return Profile{}, badValue(key, option, err)
		}
		if text := doubt(key, value); text != "" {
			p.doubts = append(p.doubts, option.at.String()+": "+key+" "+text)
		}
	}
	if p.Server == "" {
		return Profile{}, &Error{At: p.Source("server"), Problem: "server is empty",
			Remedy: "give the URL of the hub, for example https://koji.example.com/kojihub"}
	}
	p.finish(h)
	return p, nil
}

// finish sets the values that depend on other values or on the file system.
func (p *Profile) finish(h home) {
	p.TopDir = h.expand(p.TopDir)
	p.Cert = p.certificate("cert", p.Cert, "~/.koji/client.crt", h)
	p.ServerCA = p.certificate("serverca", p.ServerCA, "~/.koji/serverca.crt", h)
	if p.TopURL == "" {
		p.TopURL = topFromPackages(p.PkgURL)
	}
}

// certificate returns the path that was set, even if it is empty, or otherwise the usual
// path if that file exists.
func (p *Profile) certificate(key, path, usual string, h home) string {
	if p.Source(key) != (Position{}) {
		return h.expand(path)
	}
	usual = h.expand(usual)
	if _, err := os.Stat(usual); err != nil {
		return ""
	}
	return usual
}

// topFromPackages returns the topurl that an obsolete pkgurl implies; "" if none.
func topFromPackages(pkgurl string) string {
	top, ok := strings.CutSuffix(strings.TrimSuffix(pkgurl, "/"), "/packages")
	if !ok {
		return ""
	}
	return top
}

// doubt returns a warning about a suspicious value, which is still used, as in Koji.
func doubt(key, value string) string {
	const comment = "a comment on a line of its own that begins with #"
	switch {
	case commentIn(value):
		return "seems to end with a comment, which Koji reads as part of the value; use " + comment
	case strings.HasSuffix(key, "url") || key == "server":
		if strings.ContainsFunc(value, unicode.IsSpace) {
			return "contains white space, which a URL cannot contain; remove it, or use " + comment
		}
	}
	return ""
}

// commentIn reports whether a value seems to end with a comment. In Koji's files, a
// comment must be on its own line.
func commentIn(value string) bool {
	blank := true // the value may begin with a comment
	for i, c := range value {
		if blank && (c == '#' || c == ';' || strings.HasPrefix(value[i:], "// ") || i > 0 && strings.HasPrefix(value[i:], "//")) {
			return true
		}
		blank = unicode.IsSpace(c)
	}
	return false
}

// badValue quotes the value as it is in the file, unless it refers to other options.
func badValue(key string, option entry, err error) error {
	shown := "its value"
	if !strings.Contains(option.raw, "%") {
		shown = quote(option.raw)
	}
	return &Error{At: option.at, Problem: fmt.Sprintf("%s: %s %v", key, shown, err),
		Remedy: "correct it, or remove the line for Koji's default"}
}

func text(field *string) setter {
	return func(value string) error {
		*field = value
		return nil
	}
}

func truthy(field *bool) setter {
	return func(value string) error {
		*field = value != ""
		return nil
	}
}

func boolean(field *bool) setter {
	return func(value string) error {
		switch lower(value) {
		case "1", "yes", "true", "on":
			*field = true
		case "0", "no", "false", "off":
			*field = false
		default:
			return errors.New("is not one of yes, no, true, false, on, off, 1, 0")
		}
		return nil
	}
}

func number(field *int) setter {
	return func(value string) error {
		n, err := parseInt(value)
		*field = n
		return err
	}
}

func seconds(field *time.Duration) setter {
	return func(value string) error {
		n, err := parseInt(value)
		switch {
		case err != nil:
			return fmt.Errorf("%w of seconds", err)
		case n < 0:
			return errors.New("is a negative number of seconds")
		case int64(n) > math.MaxInt64/int64(time.Second):
			return errors.New("is too large a number of seconds")
		}
		*field = time.Duration(n) * time.Second
		return nil
	}
}

// parseInt accepts the same as Python's int(): surrounding white space, a sign, and
// single underscores between digits. It only accepts ASCII digits.
func parseInt(value string) (int, error) {
	digits := strings.TrimLeft(strip(value), "+-")
	if strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return 0, errors.New("is not a whole number")
	}
	n, err := strconv.Atoi(strings.ReplaceAll(strip(value), "_", ""))
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, errors.New("is too large a number")
	case err != nil:
		return 0, errors.New("is not a whole number")
	}
	return n, nil
}
