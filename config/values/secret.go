package values

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Redacted is printed instead of a secret.
const Redacted = "***"

// maxSecretFile bounds the size of a secret file, in bytes.
const maxSecretFile = 64 << 10

// Secret is a password or token. It is always printed as ***, or as nothing if it is not
// set; only [Secret.Reveal] returns it. The zero value is not set.
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

// SecretFile returns a secret that is read from a file. The key is the name of the setting
// with the path, for errors.
func SecretFile(key, path string) Secret {
	return Secret{key: key, file: path}
}

// IsSet reports whether the secret was given, even if it is empty or its file is missing.
func (s Secret) IsSet() bool { return s.value != nil || s.key != "" }

// File returns the path of the secret's file, or "" if it has none.
func (s Secret) File() string { return s.file }

// Reveal returns the secret itself, "" if it is not set. A secret file is read at each call,
// so that it can be rotated; a line end at its end is removed. Errors name the setting and
// the file, never the content.
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
	// Opening a pipe could block forever, and its content could not be read again.
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
	// An empty file means that a rotation is in progress, not an empty password.
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

// MarshalText returns the same as [Secret.String], for JSON, YAML and loggers.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Equal reports whether two secrets are the same. It compares the paths of secrets in files,
// since they are read at each use.
func (s Secret) Equal(other Secret) bool {
	if s.value == nil || other.value == nil {
		return s.value == nil && other.value == nil && s.key == other.key && s.file == other.file
	}
	return s.value() == other.value()
}
