import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { IconButton } from './button.tsx';
import { cx } from './cx.ts';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Name of the button that closes; null where another control does. */
  readonly closeLabel: string | null;
  /** Shows no title bar; the title is for assistive technology. */
  readonly bare?: boolean;
  readonly wide?: boolean;
  /** Takes most of the window, for what is looked through. */
  readonly full?: boolean;
  /** What has the focus first; else the first control. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

export function Dialog(props: DialogProps) {
  const { open, onClose, title, closeLabel, bare = false, wide = false, full = false, initialFocus, children } = props;
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Popup
          className={cx(styles.popup, wide && styles.wide, full && styles.full, bare && styles.bare)}
          {...(initialFocus ? { initialFocus } : {})}
        >
          <div className={bare ? 'visually-hidden' : styles.bar}>
            <BaseDialog.Title className={styles.title}>{title}</BaseDialog.Title>
            {closeLabel !== null && !bare ? (
              <BaseDialog.Close
                render={
                  <IconButton label={closeLabel}>
                    <X size={16} aria-hidden />
                  </IconButton>
                }
              />
            ) : null}
          </div>
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

export function DialogBody({ children }: { readonly children: ReactNode }) {
  return <div className={styles.body}>{children}</div>;
}

export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
