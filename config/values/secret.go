package values

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Redacted stands in place of every secret that is printed.
const Redacted = "***"

// maxSecretFile bounds a secret file; real ones are a line.
const maxSecretFile = 64 << 10

// Secret is a password or token. It prints as *** however it is printed, and as
// nothing when it is not set; only [Secret.Reveal] tells it. The zero value is
// not set.
type Secret struct {
	// A closure keeps the text from printers that walk memory by reflection.
	value func() string
	key   string
	file  string
}

// NewSecret returns a secret with a value, which may be empty.
func NewSecret(value string) Secret {
	return Secret{value: func() string { return value }}
}

// SecretFile returns a secret that lives in a file. The key is the name of the
// setting that named the file, for errors.
func SecretFile(key, path string) Secret {
	return Secret{key: key, file: path}
}

// IsSet reports whether the secret was given, be it empty or in a file that is
// not there.
func (s Secret) IsSet() bool { return s.value != nil || s.key != "" }

// File returns the path of the secret's file, or "" if it has none.
func (s Secret) File() string { return s.file }

// Reveal returns the secret itself. A secret in a file is read anew at each
// call, so that it can be rotated; one line end at its end is cut. An error
// names the setting and the file, never the content. A secret that is not set
// is "".
func (s Secret) Reveal() (string, error) {
	switch {
	case s.value != nil:
		return s.value(), nil
	case s.key == "":
		return "", nil
	}
	text, err := readSecretFile(s.file)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", s.key, err)
	}
	return text, nil
}

func readSecretFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	// Opening a pipe would wait for ever, and what it gave could not be read again.
	if !info.Mode().IsRegular() {
		return "", &os.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxSecretFile {
		return "", &os.PathError{Op: "read", Path: path, Err: errors.New("larger than 64 KiB, too large for a secret")}
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	// An empty file is a rotation caught halfway, not an empty password.
	if text == "" {
		return "", &os.PathError{Op: "read", Path: path, Err: errors.New("the file is empty")}
	}
	return text, nil
}

// String returns *** for a secret that is set and "" for one that is not.
func (s Secret) String() string {
	if s.IsSet() {
		return Redacted
	}
	return ""
}

// GoString returns the same as [Secret.String].
func (s Secret) GoString() string { return s.String() }

// Format prints the same as [Secret.String] under every verb.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// MarshalText gives the same as [Secret.String] to JSON, YAML and loggers.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Equal reports whether two secrets are the same. Of secrets in files the paths
// are compared, since their text is read anew at each use.
func (s Secret) Equal(other Secret) bool {
	if s.value == nil || other.value == nil {
		return s.value == nil && other.value == nil && s.key == other.key && s.file == other.file
	}
	return s.value() == other.value()
}
