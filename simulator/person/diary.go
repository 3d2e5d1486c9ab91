package person

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// entry is one line of the diary: a letter as it stands. The last line about
// a letter counts.
type entry struct {
	Person  string    `json:"person"`
	Link    string    `json:"link"`
	Notices int       `json:"notices"`
	Due     time.Time `json:"due,omitzero"`
	Done    bool      `json:"done,omitempty"`
}

// diary is a file of entries; nil keeps nothing.
type diary struct{ file *os.File }

// openDiary reads the diary, and writes it anew without what is over. A line
// that was cut off by the death of its process is left out.
func openDiary(path string) (*diary, []entry, error) {
	if path == "" {
		return nil, nil, nil
	}
	pages, err := readDiary(path)
	if err != nil {
		return nil, nil, err
	}
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the people's diary: %w", err)
	}
	d := &diary{file}
	for _, page := range pages {
		err = errors.Join(err, d.write(page))
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("writing the people's diary: %w", errors.Join(err, file.Close()))
	}
	return d, pages, nil
}

// readDiary returns the last line about each letter, in the order of the first.
func readDiary(path string) ([]entry, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the people's diary: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	var pages []entry
	place := map[[2]string]int{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var e entry
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		key := [2]string{e.Person, e.Link}
		if at, known := place[key]; known {
			pages[at] = e
			continue
		}
		place[key] = len(pages)
		pages = append(pages, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the people's diary: %w", err)
	}
	return pages, nil
}

// write appends a line in one piece.
func (d *diary) write(e entry) error {
	if d == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding a line: %w", err)
	}
	_, err = d.file.Write(append(line, '\n'))
	return err
}

func (d *diary) close() error {
	if d == nil {
		return nil
	}
	return d.file.Close()
}
