package deadletter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

// FileWriter stores dead letters in a file, as lines of a recording. It is for brokers that
// do not allow publishing.
type FileWriter struct{ path string }

// NewFileWriter returns a writer of the file at a path. The first letter creates the file,
// readable by its owner only, and its folder if it does not exist.
func NewFileWriter(path string) *FileWriter { return &FileWriter{path: path} }

// Put appends a letter and syncs it to disk. It opens the file for each letter, so the file
// may be moved away at any time, and [OpenFile] may take letters out of it.
func (w *FileWriter) Put(ctx context.Context, letter message.DeadLetter) error {
	line, err := recording.AppendDead(nil, letter)
	if err == nil {
		err = w.append(ctx, line)
	}
	if err != nil {
		return fmt.Errorf("dead-letter file: %w", err)
	}
	return nil
}

func (w *FileWriter) append(ctx context.Context, line []byte) error {
	file, err := openLocked(ctx, w.open)
	if err != nil {
		return err
	}
	if line, err = behindTorn(file, line); err == nil {
		_, err = file.Write(line)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// open opens the file for appending, and syncs the folder of a new file.
func (w *FileWriter) open() (*os.File, error) {
	file, err := os.OpenFile(w.path, os.O_RDWR|os.O_APPEND, 0)
	if !errors.Is(err, os.ErrNotExist) {
		return file, err
	}
	dir := filepath.Dir(w.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err = os.OpenFile(w.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := atomicfile.SyncDir(dir); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// behindTorn prepends a newline to the line if the file ends in the middle of one, which a
// crash or a full disk truncated. The letter of that line was delivered again.
func behindTorn(file *os.File, line []byte) ([]byte, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return line, err
	}
	var last [1]byte
	if _, err := file.ReadAt(last[:], size-1); err != nil {
		return nil, err
	}
	if last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	return line, nil
}
