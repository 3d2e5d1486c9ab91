package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"heraut/fault"
	"heraut/internal/config"
	"heraut/people"
	"heraut/store"
)

// How long one-time links work: that of the first administrator lies in a file
// on the machine; that of a colleague is sent, and may have to wait.
const (
	firstLinkLife  = time.Hour
	signInLinkLife = 72 * time.Hour
)

// localConsole is where the console is unless told.
const localConsole = "http://127.0.0.1:8080"

// newUserFlags are what `heraut admin create-user` is told.
type newUserFlags struct {
	who    people.Administrator
	role   string
	file   string
	reset  bool
	asJSON bool
}

func newCreateUser() *cobra.Command {
	var f newUserFlags
	cmd := &cobra.Command{
		Use:   "create-user",
		Short: "Make an administrator's account and print the link that sets its passphrase",
		Long: "Makes the account of a person who signs in to the console, and prints a link by which that person chooses a passphrase. " +
			"The link works once, for 72 hours. With --reset it is for an account that exists: the passphrase that it sets ends all of the account's sessions.",
		Example: "  heraut admin create-user --name 'Bram de Vries' --login bram@school.example --role operator\n" +
			"  heraut admin create-user --reset --login bram@school.example",
		Args: noArgument("name the person with --name and --login"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			return withDatabase(cmd.Context(), &c, func(s *store.Store) error { return createUser(cmd, &c, s, f) })
		},
	}
	cmd.Flags().StringVar(&f.who.Name, "name", "", "the person's `NAME`")
	cmd.Flags().StringVar(&f.who.Login, "login", "", "the e-mail address or short `NAME` to sign in with")
	cmd.Flags().StringVar(&f.role, "role", string(people.Admin), "what the person may do, a `WORD`: viewer, operator or admin")
	complete(cmd, "role", people.Viewer, people.Operator, people.Admin)
	cmd.Flags().BoolVar(&f.reset, "reset", false, "make another link for an account that exists")
	cmd.Flags().StringVar(&f.file, "file", "", "write the link to this new `FILE` (0600) in place of printing it")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	config.Bind(cmd, "admin")
	return cmd
}

func (f *newUserFlags) check() error {
	f.who.Role = people.Role(f.role)
	if f.reset {
		if f.who.Login == "" {
			return usagef("name the account with --login")
		}
		return nil
	}
	if err := f.who.Clean().Check(); err != nil {
		return wrongFlags(err)
	}
	return nil
}

// account makes the account, or finds the one to reset.
func (f *newUserFlags) account(cmd *cobra.Command, s *store.Store) (people.Administrator, error) {
	if f.reset {
		a, _, err := s.Credentials(cmd.Context(), f.who.Login)
		if fault.Is(err, fault.NotFound) {
			err = errors.New("nobody has this login: leave out --reset to make the account")
		}
		return a, err
	}
	a, err := s.CreateAdministrator(cmd.Context(), operator, f.who)
	if fault.Is(err, fault.Conflict) {
		err = errors.New("somebody has this login already: --reset makes another link for the account")
	}
	return a, err
}

// newUser is an account with the link that opens it, which is shown this once.
type newUser struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Login     string      `json:"login"`
	Role      people.Role `json:"role"`
	Link      string      `json:"link,omitempty"`
	File      string      `json:"file,omitempty"`
	ExpiresAt time.Time   `json:"expires_at"`
}

func createUser(cmd *cobra.Command, c *config.Config, s *store.Store, f newUserFlags) error {
	out, err := keyFile(f.file)
	if err != nil {
		return err
	}
	made, err := inviteUser(cmd, c, s, f)
	if err != nil {
		if out != nil {
			_ = out.Close()       // the first fault is told
			_ = os.Remove(f.file) // it is empty
		}
		return err
	}
	if out != nil {
		if err := writeKey(out, made.Link); err != nil {
			return fmt.Errorf("writing the link of %s, whose account exists now: %w", made.Login, err)
		}
		made.Link, made.File = "", f.file
	}
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), made)
	}
	if f.file != "" {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "The link for %s (%s) is in %s.\n", clean(made.Login), made.Role, f.file)
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), made.Link)
	return err
}

func inviteUser(cmd *cobra.Command, c *config.Config, s *store.Store, f newUserFlags) (newUser, error) {
	a, err := f.account(cmd, s)
	if err != nil {
		return newUser{}, err
	}
	baseURL := c.PublicURL
	if baseURL == "" {
		baseURL = localConsole
	}
	address, link, err := newSignInLink(cmd.Context(), s, operator, baseURL, a.ID)
	return newUser{ID: a.ID, Name: a.Name, Login: a.Login, Role: a.Role, Link: address, ExpiresAt: link.ExpiresAt}, err
}
