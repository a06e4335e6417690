package namecache

import (
	"errors"
	"fmt"
	"strings"
)

// maxFolder is the length of the longest name of a file, in bytes.
const maxFolder = 255

// folderOf returns the name of a profile's folder: the profile's own name, as txkoji
// has it, with what has a meaning in paths (and % itself) written as %XX, so that
// no profile leads elsewhere and no two share a folder.
func folderOf(profile string) (string, error) {
	if profile == "" {
		return "", errors.New("no profile to name the folder after")
	}
	var b strings.Builder
	for i := range len(profile) {
		c := profile[i]
		if c < ' ' || c == 0x7f || c == '/' || c == '\\' || c == '%' || c == '.' && i == 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	if b.Len() > maxFolder {
		return "", fmt.Errorf("the name of the profile is longer than %d bytes", maxFolder)
	}
	return b.String(), nil
}
