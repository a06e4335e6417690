package deadletter

import (
	"context"
	"errors"
)

// File reads a file of dead letters.
type File struct {
	file *letterFile
	back *republisher
}

// OpenFile opens the dead letters in a file.
func OpenFile(ctx context.Context, path string, back RepublishOptions) (*File, error) {
	file, err := openLetterFile(ctx, path)
	if err != nil {
		return nil, err
	}
	return &File{file, &republisher{o: back, direct: back.Queue == ""}}, nil
}

// Next implements [Source].
func (f *File) Next(ctx context.Context, _ bool) (*Letter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	letter, err := f.file.next()
	if err != nil {
		return nil, err
	}
	drop := func() error { return f.file.take(letter) }
	return &Letter{
		DeadLetter: letter.DeadLetter,
		Drop:       drop,
		Retry: func(ctx context.Context) error {
			if err := f.back.send(ctx, letter.Delivery); err != nil {
				return err
			}
			return drop()
		},
	}, nil
}

// Close replaces the file by one without the letters that were taken out.
func (f *File) Close(ctx context.Context) error {
	return errors.Join(f.file.close(ctx), f.back.close(ctx))
}
