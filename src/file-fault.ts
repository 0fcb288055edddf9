/** Why a file cannot be read or written, as the end of a sentence: in words instead of the codes of the system. */
export function fileFault(error: unknown): string {
  const { code = '', path, message = String(error) }: Partial<NodeJS.ErrnoException> = Object(error)
  // Node replaces bytes of an argument that are not UTF-8.
  if (code === 'ENOENT' && path?.includes('\uFFFD')) return 'its name is not UTF-8, or there is no such file'
  return FAULTS[code] ?? message
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  // Windows.
  EPERM: 'permission denied',
  EBUSY: 'another program uses it',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'this program has too many open files',
  ENFILE: 'the system has too many open files',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EIO: 'its disk has a fault',
}
