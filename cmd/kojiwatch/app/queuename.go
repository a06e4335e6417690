package app

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// KeptQueue names the queue that is kept on a public broker: a UUID, which is what
// Fedora's rules ask for, made once and kept in a file of the state folder. A
// restart then finds the queue with what came meanwhile. Each user and folder has
// its own, for two that share a queue would share its messages.
func KeptQueue(preset string) func(stateDir string) (string, error) {
	return func(stateDir string) (string, error) {
		path := filepath.Join(stateDir, preset+".queue")
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return newQueueName(stateDir, path)
		}
		if err != nil {
			return "", fmt.Errorf("name of the queue: %w", err)
		}
		name := string(bytes.TrimSpace(text))
		if !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(name) {
			return "", fmt.Errorf("name of the queue: %s holds no UUID; delete it, and a new one is made", path)
		}
		return name, nil
	}
}

// newQueueName makes a name and keeps it; of two processes that do so at once, one
// fails.
func newQueueName(stateDir, path string) (string, error) {
	name := newUUID()
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		return "", fmt.Errorf("name of the queue: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("name of the queue: %w", err)
	}
	_, err = file.WriteString(name + "\n")
	if err := errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("name of the queue: %w", err), os.Remove(path))
	}
	return name, nil
}

// newUUID is a random one, version 4 of RFC 9562.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
