package console

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"heraut/fault"
)

const (
	// previewFolder begins the name of a folder whose files were looked at and
	// may be imported; uploadFolder is what importers take up after a restart.
	previewFolder = "preview-"
	uploadFolder  = "upload-"
	// previewLife is how long such files are kept.
	previewLife = 24 * time.Hour
)

// rosterFiles are files that were received into a folder.
type rosterFiles struct{ spool, folder string }

// newFiles makes a folder for files, and removes those that nobody came back
// for.
func (v *visit) newFiles() (rosterFiles, error) {
	v.sweepPreviews()
	folder, err := os.MkdirTemp(v.Spool, previewFolder+"*")
	return rosterFiles{spool: v.Spool, folder: folder}, err
}

func (f rosterFiles) discard(v *visit) {
	if err := os.RemoveAll(f.folder); err != nil {
		v.Log.WarnContext(v.ctx(), "removing files of an import", "error", err)
	}
}

// keep keeps the files under the id of their preview, and makes a folder of the
// same files for the importer, which removes it.
func (f rosterFiles) keep(previewID string) (folder string, err error) {
	kept := filepath.Join(f.spool, previewFolder+previewID)
	if err := os.Rename(f.folder, kept); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(kept)
	if err != nil {
		return "", err
	}
	folder, err = os.MkdirTemp(f.spool, uploadFolder+"*")
	for _, e := range entries {
		err = errors.Join(err, os.Link(filepath.Join(kept, e.Name()), filepath.Join(folder, e.Name())))
	}
	return folder, err
}

// previewKept tells whether the files of a preview are there.
func (v *visit) previewKept(id string) bool {
	_, err := os.Stat(filepath.Join(v.Spool, previewFolder+id))
	return err == nil
}

// takePreview takes the files of a preview for an importer; who comes second
// finds none.
func (v *visit) takePreview(id string) (folder string, err error) {
	folder = filepath.Join(v.Spool, uploadFolder+uuid.NewString())
	err = os.Rename(filepath.Join(v.Spool, previewFolder+id), folder)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Conflict, "The files of this preview were imported already, or are not kept any more. Choose them again.")
	}
	return folder, err
}

// giveBack undoes takePreview where the import could not be begun.
func (v *visit) giveBack(folder, id string) {
	if err := os.Rename(folder, filepath.Join(v.Spool, previewFolder+id)); err != nil {
		v.Log.WarnContext(v.ctx(), "giving back the files of a preview", "error", err)
	}
}

func (v *visit) sweepPreviews() {
	entries, err := os.ReadDir(v.Spool)
	for _, e := range entries {
		info, infoErr := e.Info()
		if infoErr != nil || !strings.HasPrefix(e.Name(), previewFolder) || v.Now().Sub(info.ModTime()) < previewLife {
			continue
		}
		err = errors.Join(err, os.RemoveAll(filepath.Join(v.Spool, e.Name())))
	}
	if err != nil {
		v.Log.WarnContext(v.ctx(), "removing files of old previews", "error", err)
	}
}
