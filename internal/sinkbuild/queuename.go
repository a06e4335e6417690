package sinkbuild

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

// KeptQueue returns a function that returns the name of a lasting queue on a public broker: a
// UUID, as Fedora's rules require. It is stored in a file in the state folder, so that after a
// restart kojiwatch finds the queue and the messages that arrived meanwhile. Each user and
// folder has a queue of its own, since two daemons on one queue would share its messages. An
// empty file, which a power failure can leave, is replaced with a warning.
func KeptQueue(preset string, warnings io.Writer) func(stateDir string) (string, error) {
	return func(stateDir string) (string, error) {
		path := filepath.Join(stateDir, preset+".queue")
		name, err := readQueueName(path)
		switch {
		case err == nil && name != "":
			return name, nil
		case err == nil:
			_, _ = fmt.Fprintf(warnings, "kojiwatch: warning: %s is empty; making a new name for the queue\n", path)
			err = os.Remove(path)
		case errors.Is(err, fs.ErrNotExist):
			err = os.MkdirAll(stateDir, 0o700)
		}
		if err == nil {
			name = NewUUID()
			err = atomicfile.Create(path, func(f *os.File) error { // if two processes do this at once, one fails
				_, err := f.WriteString(name + "\n")
				return err
			})
		}
		if err != nil {
			return "", fmt.Errorf("name of the queue: %w", err)
		}
		return name, nil
	}
}

// readQueueName reads the name in a file. It returns "" if the file is empty.
func readQueueName(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	name := string(bytes.Trim(text, "\x00 \r\n"))
	if name != "" && !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(name) {
		return "", fmt.Errorf("%s does not contain a UUID; delete it to get a new one", path)
	}
	return name, nil
}

// NewUUID returns a random UUID, version 4 of RFC 9562.
func NewUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
