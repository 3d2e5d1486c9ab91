package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

// importRoster runs the import of a path with further flags.
func (s *office) importRoster(t *testing.T, path string, flags ...string) result {
	t.Helper()
	return cli(t, append(append([]string{"import", "roster", path}, flags...), s.flags...)...)
}

func TestImportTwiceChangesOnlyWhatChanged(t *testing.T) {
	s, files := newOffice(t), plainRoster()
	r := s.importRoster(t, writeRoster(t, files))
	require.Equal(t, exitDone, r.code, r.errs)
	assert.Regexp(t, `users +4 +0 +0 +0\n`, r.out)
	assert.Regexp(t, `devices +2 +0 +0 +0\n`, r.out)
	assert.Contains(t, r.out, "Imported.\n")
	assert.Empty(t, r.errs)

	files["students.csv"] = studentsCSV + "daan,,Daan,,Mulder,4,daan@example.org,,,main\n"
	r = s.importRoster(t, writeRoster(t, files))
	require.Equal(t, exitDone, r.code, r.errs)
	assert.Regexp(t, `users +1 +0 +4 +0\n`, r.out)
}

func TestImportOfAZip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roster.zip")
	file, err := os.Create(path)
	require.NoError(t, err)
	archive := zip.NewWriter(file)
	for name, content := range plainRoster() {
		if name == "devices.csv" {
			continue
		}
		w, err := archive.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, file.Close())
	r := newOffice(t).importRoster(t, path, "--json")
	require.Equal(t, exitDone, r.code, r.errs)
	job := decode[client.Import](t, r.out)
	assert.Equal(t, client.JobStateDone, job.State)
	assert.Equal(t, 4, job.Counts.Users.Created)
}

func TestImportDryRunChangesNothing(t *testing.T) {
	s := newOffice(t)
	r := s.importRoster(t, writeRoster(t, plainRoster()), "--dry-run")
	require.Equal(t, exitDone, r.code, r.errs)
	assert.Contains(t, r.out, "Nothing was changed")
	r = s.importRoster(t, writeRoster(t, plainRoster()))
	assert.Regexp(t, `users +4 +0 +0 +0\n`, r.out)
}

func TestImportNamesBrokenLinesAndKeepsTheGoodOnes(t *testing.T) {
	s, files := newOffice(t), plainRoster()
	files["students.csv"] = studentsCSV + "daan,,Daan,,Mulder,4,no-address,,,main\n" + "eva,,Eva,,Jansen,4,eva@example.org,,,nowhere\n"
	r := s.importRoster(t, writeRoster(t, files))
	assert.Equal(t, exitFailed, r.code)
	assert.Regexp(t, `(?m)^students\.csv:5:\d+: \S`, r.out)
	assert.Regexp(t, `users +[4-6] +0 +0 +0\n`, r.out)
	assert.Empty(t, r.errs, "the output has said it")
	r = s.importRoster(t, writeRoster(t, files), "--json")
	assert.Equal(t, exitFailed, r.code)
	assert.NotZero(t, decode[client.Import](t, r.out).ErrorCount)
}

func TestImportRemovesMissingPeopleOnlyWhenTold(t *testing.T) {
	s, files := newOffice(t), plainRoster()
	require.Equal(t, exitDone, s.importRoster(t, writeRoster(t, files)).code)
	files["students.csv"] = "person_id,person_number,first_name,middle_name,last_name,grade_level,email_address,sis_username,password_policy,location_id\n" +
		"anna,,Anna,,de Vries,4,anna@example.org,,,main\nbram,,Bram,,Bakker,4,bram@example.org,,,main\n"
	files["rosters.csv"] = "roster_id,class_id,student_id\n1,4A,anna\n2,4A,bram\n"
	r := s.importRoster(t, writeRoster(t, files))
	require.Equal(t, exitDone, r.code, r.errs)
	assert.Contains(t, r.out, "missing: Cato Visser (cato)")
	r = s.importRoster(t, writeRoster(t, files), "--remove-missing")
	assert.Equal(t, exitFailed, r.code, "one of four is more than 10 %%: %s", r.out)
	r = s.importRoster(t, writeRoster(t, files), "--remove-missing", "--force")
	require.Equal(t, exitDone, r.code, r.errs)
	assert.Contains(t, r.out, "removed: 1 user")
}

func TestWhatIsNoRoster(t *testing.T) {
	s := newOffice(t)
	file := filepath.Join(t.TempDir(), "students.csv")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "students.csv"), 0o700))
	for path, says := range map[string]string{
		"no-such-folder": "no such file",
		t.TempDir():      "holds no roster",
		file:             "neither a folder nor a zip",
		folder:           "is a folder, not a file",
	} {
		r := s.importRoster(t, path)
		assert.Equal(t, exitFailed, r.code, path)
		assert.Contains(t, r.errs, says)
	}
}

func TestFileThatCanNotBeReadIsNamed(t *testing.T) {
	r := &roster{parts: []rosterPart{{"students.csv", filepath.Join(t.TempDir(), "gone.csv")}}}
	body, _, stop := r.stream(nil)
	buffer := make([]byte, 1024)
	var err error
	for err == nil {
		_, err = body.Read(buffer)
	}
	require.ErrorContains(t, stop(), "gone.csv")
}
